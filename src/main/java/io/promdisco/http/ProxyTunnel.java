package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.net.InetAddresses;
import io.promdisco.config.Secret;
import io.promdisco.util.ExceptionCauses;
import io.promdisco.util.HostNames;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a server through a proxy: with CONNECT (RFC 9110, section 9.3.6), or with SOCKS5 (RFC
 * 1928 and 1929), where the proxy looks up the server's name. Errors name the proxy and contain no
 * password.
 */
final class ProxyTunnel {
  /** The supported schemes. */
  static final Set<String> SCHEMES = Set.of("http", "https", "socks5", "socks5h");

  private static final String REFUSED =
      ", it requires credentials (expected: the proxy's user and password in its URL)";
  private static final Timeout MOMENT = Timeout.ofMilliseconds(1);
  private static final int LONGEST_PAGE = 16 << 10;

  private static final int SOCKS_VERSION = 5;
  private static final int NO_PASSWORD = 0;
  private static final int PASSWORD = 2;
  private static final int ADDRESS_4 = 1;
  private static final int NAME = 3;
  private static final int ADDRESS_6 = 4;
  private static final List<String> SOCKS_ANSWERS =
      List.of(
          "",
          "general failure",
          "its rules do not allow this connection",
          "network unreachable",
          "host unreachable",
          "connection refused",
          "no answer",
          "it does not support CONNECT",
          "it does not support this kind of address");

  private final URI proxy;

  ProxyTunnel(URI proxy) {
    this.proxy = proxy;
  }

  static boolean isSocks(URI proxy) {
    return ProxyRules.scheme(proxy).startsWith("socks5");
  }

  static boolean isEncrypted(URI proxy) {
    return ProxyRules.scheme(proxy).equals("https");
  }

  /** Returns the port of a proxy. */
  static int port(URI proxy) {
    return proxy.getPort() >= 0
        ? proxy.getPort()
        : isSocks(proxy) ? 1080 : isEncrypted(proxy) ? 443 : 80;
  }

  /** Returns host and port for people. */
  static String shown(URI proxy) {
    return "the proxy " + proxy.getHost() + (proxy.getPort() < 0 ? "" : ":" + proxy.getPort());
  }

  /**
   * Returns the error for a problem of the proxy. It has no cause, which would be taken for a
   * problem of the server.
   */
  static ConnectException at(URI proxy, String problem) {
    return new ConnectException(shown(proxy) + ": " + ExceptionCauses.lower(problem));
  }

  /** Returns the error for a proxy that answers with status 407. */
  static ConnectException unauthorized(URI proxy) {
    return at(proxy, "it answers with status 407" + REFUSED);
  }

  /** Returns the value of {@code Proxy-Authorization}, or null if the URL has no user. */
  static @Nullable String authorization(URI proxy) {
    String[] user = user(proxy);
    return user.length == 0
        ? null
        : "Basic " + Base64.getEncoder().encodeToString((user[0] + ":" + user[1]).getBytes(UTF_8));
  }

  /** Returns user and password, or an empty array. */
  private static String[] user(URI proxy) {
    String info = proxy.getRawUserInfo();
    if (info == null) {
      return new String[0];
    }
    int colon = info.indexOf(':');
    return new String[] {
      decoded(colon < 0 ? info : info.substring(0, colon)),
      colon < 0 ? "" : decoded(info.substring(colon + 1))
    };
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  /**
   * Requests a tunnel from an HTTP proxy.
   *
   * @param connection is bound to the socket, which then is the tunnel
   * @param target host and port, as in a URL
   * @param headers headers for the proxy
   */
  void connect(
      DefaultBHttpClientConnection connection, String target, Map<String, List<Secret>> headers)
      throws IOException {
    BasicClassicHttpRequest request = new BasicClassicHttpRequest("CONNECT", null, null, target);
    request.addHeader("Host", target);
    request.addHeader("User-Agent", RequestHeaders.USER_AGENT);
    SentSecrets sent = new SentSecrets();
    for (Map.Entry<String, List<Secret>> header : headers.entrySet()) {
      for (Secret value : header.getValue()) {
        sent.add(value.reveal());
        request.addHeader(header.getKey(), RequestHeaders.checked(header.getKey(), value.reveal()));
      }
    }
    String authorization = authorization(proxy);
    if (authorization != null) {
      sent.addAuthorization(authorization);
      request.setHeader("Proxy-Authorization", authorization);
    }
    try {
      connection.sendRequestHeader(request);
      connection.flush();
      ClassicHttpResponse response = connection.receiveResponseHeader();
      int code = response.getCode();
      if (code == 407) {
        throw unauthorized(proxy);
      }
      if (code / 100 != 2) {
        throw at(proxy, "it answers with status " + code + page(connection, response, sent));
      }
      if (connection.isDataAvailable(MOMENT)) { // In TLS, the client sends first.
        throw at(
            proxy,
            "it answers the request itself"
                + page(connection, response, sent)
                + " (expected: a tunnel to the server)");
      }
      if (connection.isStale()) {
        throw new EOFException();
      }
    } catch (HttpException | IOException e) {
      throw e instanceof ConnectException named ? named : at(proxy, reason(e));
    }
  }

  private static String reason(Exception problem) {
    if (problem instanceof SocketTimeoutException) {
      return "no answer";
    }
    IOException named = ConnectionFailures.ofHttp(problem);
    return named instanceof EOFException
        ? "it closes the connection"
        : ExceptionCauses.detail(named, "it closes the connection");
  }

  /** Returns the beginning of the proxy's answer. */
  private static String page(
      DefaultBHttpClientConnection connection, ClassicHttpResponse response, SentSecrets sent) {
    Header length = response.getFirstHeader("Content-Length");
    if (length == null || length.getValue().equals("0")) {
      return ""; // There is no body, or it has no known end.
    }
    try {
      connection.receiveResponseEntity(response);
      return BodyExcerpt.of(response.getEntity().getContent().readNBytes(LONGEST_PAGE), sent);
    } catch (HttpException | IOException e) {
      return ""; // The status is enough.
    }
  }

  /**
   * Requests a tunnel from a SOCKS5 proxy through {@code socket}.
   *
   * @param host as in a URL
   */
  void connectSocks(Socket socket, String host, int port) throws IOException {
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      String[] user = user(proxy);
      out.write(
          user.length == 0
              ? new byte[] {SOCKS_VERSION, 1, NO_PASSWORD}
              : new byte[] {SOCKS_VERSION, 2, NO_PASSWORD, PASSWORD});
      checkVersion(in.read(), SOCKS_VERSION);
      int method = in.readUnsignedByte();
      if (method == PASSWORD && user.length > 0) {
        logIn(in, out, user);
      } else if (method != NO_PASSWORD) {
        throw at(proxy, "it refuses the connection" + REFUSED);
      }
      out.write(request(host, port));
      readAnswer(in);
    } catch (ConnectException e) {
      throw e;
    } catch (IOException e) {
      throw at(proxy, reason(e));
    }
  }

  private void checkVersion(int version, int expected) throws IOException {
    if (version < 0) {
      throw new EOFException();
    }
    if (version != expected) {
      throw at(proxy, "its answer is not SOCKS5");
    }
  }

  private void logIn(DataInputStream in, OutputStream out, String[] user) throws IOException {
    byte[] name = user[0].getBytes(UTF_8);
    byte[] password = user[1].getBytes(UTF_8);
    if (name.length > 255 || password.length > 255) {
      throw at(proxy, "its user or password is longer than the 255 bytes that SOCKS5 allows");
    }
    byte[] message = new byte[3 + name.length + password.length];
    message[0] = 1;
    message[1] = (byte) name.length;
    System.arraycopy(name, 0, message, 2, name.length);
    message[2 + name.length] = (byte) password.length;
    System.arraycopy(password, 0, message, 3 + name.length, password.length);
    out.write(message);
    checkVersion(in.read(), 1);
    if (in.readUnsignedByte() != 0) {
      throw at(proxy, "it refuses the user or the password" + REFUSED);
    }
  }

  private byte[] request(String host, int port) throws IOException {
    String bare = HostNames.withoutBrackets(host);
    byte[] address;
    int kind;
    if (InetAddresses.isInetAddress(bare)) {
      address = InetAddresses.forString(bare).getAddress();
      kind = address.length == 4 ? ADDRESS_4 : ADDRESS_6;
    } else {
      byte[] name = bare.getBytes(UTF_8);
      if (name.length > 255) {
        throw at(proxy, "the server's name is longer than the 255 bytes that SOCKS5 allows");
      }
      address = new byte[1 + name.length];
      address[0] = (byte) name.length;
      System.arraycopy(name, 0, address, 1, name.length);
      kind = NAME;
    }
    byte[] request =
        Arrays.copyOf(new byte[] {SOCKS_VERSION, 1, 0, (byte) kind}, 6 + address.length);
    System.arraycopy(address, 0, request, 4, address.length);
    request[request.length - 2] = (byte) (port >> 8);
    request[request.length - 1] = (byte) port;
    return request;
  }

  private void readAnswer(DataInputStream in) throws IOException {
    checkVersion(in.read(), SOCKS_VERSION);
    int code = in.readUnsignedByte();
    if (code != 0) {
      throw at(
          proxy,
          "it cannot connect to the server: "
              + (code < SOCKS_ANSWERS.size() ? SOCKS_ANSWERS.get(code) : "code " + code));
    }
    in.readUnsignedByte();
    int kind = in.readUnsignedByte();
    int length =
        switch (kind) {
          case ADDRESS_4 -> 4;
          case ADDRESS_6 -> 16;
          case NAME -> in.readUnsignedByte();
          default -> throw at(proxy, "its answer is not SOCKS5");
        };
    in.readFully(new byte[length + 2]); // The address from which it connects is not used.
  }
}
