package io.promdisco.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * Implements a client socket with a channel, which is closed when a thread that connects, reads or
 * writes is interrupted. Other sockets ignore interrupts.
 */
final class ChannelSocket extends SocketImpl {
  private final Socket socket;

  ChannelSocket() throws IOException {
    socket = SocketChannel.open().socket();
  }

  @Override
  protected void create(boolean stream) {
    // Always on.
  }

  @Override
  protected void connect(SocketAddress remote, int timeout) throws IOException {
    socket.connect(remote, timeout);
    address = ((InetSocketAddress) remote).getAddress();
    port = socket.getPort();
    localport = socket.getLocalPort();
  }

  @Override
  protected void connect(String host, int toPort) throws IOException {
    connect(new InetSocketAddress(host, toPort), 0);
  }

  @Override
  protected void connect(InetAddress host, int toPort) throws IOException {
    connect(new InetSocketAddress(host, toPort), 0);
  }

  @Override
  protected InputStream getInputStream() throws IOException {
    return socket.getInputStream();
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  protected int available() throws IOException {
    return getInputStream().available();
  }

  @Override
  protected void close() throws IOException {
    socket.close();
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    switch (option) {
      case SocketOptions.SO_TIMEOUT -> socket.setSoTimeout((int) value);
      case SocketOptions.TCP_NODELAY -> socket.setTcpNoDelay((boolean) value);
      default -> throw unsupported("option " + option);
    }
  }

  @Override
  public Object getOption(int option) throws SocketException {
    return switch (option) {
      case SocketOptions.SO_TIMEOUT -> socket.getSoTimeout();
      case SocketOptions.TCP_NODELAY -> socket.getTcpNoDelay();
      case SocketOptions.SO_BINDADDR -> socket.getLocalAddress();
      default -> throw unsupported("option " + option);
    };
  }

  @Override
  protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
    socket.setOption(option, value);
  }

  @Override
  protected <T> T getOption(SocketOption<T> option) throws IOException {
    return socket.getOption(option);
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    return socket.supportedOptions();
  }

  @Override
  protected void bind(InetAddress host, int toPort) throws IOException {
    throw unsupported("bind");
  }

  @Override
  protected void listen(int backlog) throws IOException {
    throw unsupported("listen");
  }

  @Override
  protected void accept(SocketImpl into) throws IOException {
    throw unsupported("accept");
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    throw unsupported("urgent data");
  }

  private static SocketException unsupported(String what) {
    return new SocketException("not supported by this socket: " + what);
  }
}
