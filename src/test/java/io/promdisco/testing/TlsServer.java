package io.promdisco.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty on the local host, which speaks HTTP/1.1 over TLS, answers as the test says, and records
 * the requests.
 */
public final class TlsServer implements AutoCloseable {
  private static final int GRACE_MILLIS = 5000;

  /** Answers a request. */
  public interface Answering {
    /** Writes the answer, which is complete when this method returns. It may block. */
    void answer(Request request, Answer answer) throws Exception;
  }

  /**
   * The settings of the server.
   *
   * @param port the port; 0 for any free one
   * @param wantsClients whether clients must send a certificate
   */
  public record Options(int port, boolean wantsClients) {
    /** Any free port, without client certificates. */
    public static final Options DEFAULT = new Options(0, false);

    /** The same on another port. */
    public Options at(int other) {
      return new Options(other, wantsClients);
    }

    /** The same with client certificates. */
    public Options wantingClients() {
      return new Options(port, true);
    }
  }

  /**
   * A request that was received.
   *
   * @param uri the path and query
   * @param protocol such as {@code HTTP/1.1}
   */
  public record Request(
      String method, String authority, String uri, HttpFields headers, String protocol) {
    /** A header's first value, or the empty string. */
    public String header(String name) {
      String value = headers.get(name);
      return value == null ? "" : value;
    }
  }

  /** The answer to a request. */
  public static final class Answer {
    private final Response response;

    private Answer(Response response) {
      this.response = response;
    }

    /** Sets the status; the default is 200. */
    public Answer status(int code) {
      response.setStatus(code);
      return this;
    }

    /** Adds a header. */
    public Answer header(String name, String value) {
      response.getHeaders().add(name, value);
      return this;
    }

    /** Sends a piece of the body immediately, after the head if that was not sent yet. */
    public Answer write(byte... bytes) throws IOException {
      Content.Sink.write(response, false, ByteBuffer.wrap(bytes));
      return this;
    }
  }

  public final List<Request> requests = new CopyOnWriteArrayList<>();
  public final List<Exception> problems = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Server server;
  private final ServerConnector connector;
  private int port;

  private TlsServer(Certificates certificates, Options options, Answering answering)
      throws GeneralSecurityException {
    QueuedThreadPool threads = new QueuedThreadPool(400);
    threads.setName("jetty-tls");
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(certificates.server());
    tls.setSniRequired(false);
    tls.setNeedClientAuth(options.wantsClients);
    connector =
        new ServerConnector(
            server,
            new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()),
            new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setPort(options.port);
    connector.addBean(new Counting());
    connector.setShutdownIdleTimeout(GRACE_MILLIS);
    server.addConnector(connector);
    server.setHandler(new Answers(answering));
    server.setStopTimeout(GRACE_MILLIS);
  }

  /** Starts with the default options. */
  public static TlsServer start(Certificates certificates, Answering answering)
      throws GeneralSecurityException {
    return start(certificates, Options.DEFAULT, answering);
  }

  /** Starts; the server listens when this returns. */
  public static TlsServer start(Certificates certificates, Options options, Answering answering)
      throws GeneralSecurityException {
    TlsServer made = new TlsServer(certificates, options, answering);
    try {
      made.server.start();
      made.port = made.connector.getLocalPort();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return made;
  }

  /** Answers with this body. */
  public static Answering text(String body) {
    return (request, answer) ->
        answer.write(body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  public int port() {
    return port;
  }

  public String url() {
    return "https://127.0.0.1:" + port();
  }

  /** The number of connections that were opened so far. */
  public int connections() {
    return connections.get();
  }

  /** Closes all connections without notice, as a crash would. */
  public void fall() {
    connector.getConnectedEndPoints().forEach(end -> end.close());
    close();
  }

  /** Tells the clients, and waits a while for the requests that are running. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (TimeoutException e) {
      // On a busy machine a timeout may have passed; the server has stopped all the same.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Counting implements Connection.Listener {
    @Override
    public void onOpened(Connection connection) {
      if (connection instanceof SslConnection) {
        connections.incrementAndGet();
      }
    }
  }

  private final class Answers extends Handler.Abstract {
    private final Answering answering;

    Answers(Answering answering) {
      this.answering = answering;
    }

    @Override
    public boolean handle(
        org.eclipse.jetty.server.Request request, Response response, Callback callback) {
      Request asked =
          new Request(
              request.getMethod(),
              request.getHttpURI().getAuthority(),
              request.getHttpURI().getPathQuery(),
              request.getHeaders().asImmutable(),
              request.getConnectionMetaData().getProtocol());
      requests.add(asked);
      try {
        answering.answer(asked, new Answer(response));
        callback.succeeded();
      } catch (Exception e) {
        problems.add(e);
        callback.failed(e);
      }
      return true;
    }
  }
}
