# server.rb PORT CA CERTIFICATE KEY VERSION: gives back what is put, and the client certificate's name, in Ruby.
require "openssl"
require "socket"
port, ca, certificate, key, version = ARGV
context = OpenSSL::SSL::SSLContext.new
context.min_version = context.max_version = version.sub("v", "").sub(".", "_").to_sym
chain = OpenSSL::X509::Certificate.load_file(certificate)
context.add_certificate(chain[0], OpenSSL::PKey.read(File.read(key)), chain[1..])
context.ca_file = ca
context.verify_mode = OpenSSL::SSL::VERIFY_PEER | OpenSSL::SSL::VERIFY_FAIL_IF_NO_PEER_CERT
server = OpenSSL::SSL::SSLServer.new(TCPServer.new("127.0.0.1", port.to_i), context)
loop do
  socket = server.accept
  length = 0
  while (line = socket.gets&.chomp) && !line.empty?
    length = line.split[1].to_i if line.downcase.start_with?("content-length:")
    socket.write("HTTP/1.1 100 Continue\r\n\r\n") if line.downcase.start_with?("expect:")
  end
  body = socket.read(length)
  state = "#{socket.ssl_version} #{socket.peer_cert.subject.to_a[0][1]}"
  socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\nX-State: #{state}\r\nContent-Length: #{body.bytesize}\r\n\r\n", body)
  socket.close
rescue OpenSSL::SSL::SSLError, SystemCallError => error
  warn error.message
end
