# client.rb PORT CA OTHER-CA CERTIFICATE KEY VERSION FILE: what languages.py asks of a client, in Ruby.
require "net/http"
require "openssl"
$stdout.sync = true
port, ca, other_ca, certificate, key, version, file = ARGV

ask = lambda do |request, authority|
  http = Net::HTTP.new("localhost", port.to_i)
  http.use_ssl = true
  http.ca_file = authority
  http.verify_mode = OpenSSL::SSL::VERIFY_PEER
  chain = OpenSSL::X509::Certificate.load_file(certificate)
  http.cert, http.extra_chain_cert = chain[0], chain[1..]
  http.key = OpenSSL::PKey.read(File.read(key))
  http.min_version = http.max_version = version.sub("v", "").sub(".", "_").to_sym
  http.start { |connection| connection.request(request) }
end

$stdin.gets
source = File.binread(file)
put = Net::HTTP::Put.new("/up")
put.body = source
status = ask.call(put, ca).code
copy = ask.call(Net::HTTP::Get.new("/up"), ca).body
puts "#{status} #{copy.b == source ? "same" : "different"}"
puts ask.call(Net::HTTP::Get.new("/state"), ca).body
begin
  ask.call(Net::HTTP::Get.new("/state"), other_ca)
  puts "accepted"
rescue OpenSSL::SSL::SSLError => error
  puts "refused #{error.message}"
end
