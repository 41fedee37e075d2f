# Prints as JSON what Ruby's dotenv makes of each file: read.rb FILE…
require "dotenv"
require "json"

readings = ARGV.map do |path|
  begin
    Dotenv::Parser.call(File.read(path, encoding: "bom|utf-8"))
  rescue Dotenv::FormatError
    nil
  end
end
puts JSON.generate(readings)
