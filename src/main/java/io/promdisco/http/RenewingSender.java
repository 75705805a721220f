package io.promdisco.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.Internal;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/**
 * Replaces its {@link Sender} when the files that configure the connection change, or when the
 * credentials return another client certificate. Running requests continue over the old one. Safe
 * for all threads.
 *
 * @hidden
 */
@Internal
public final class RenewingSender implements AutoCloseable {
  private static final Logger log = EscapingLogger.of(RenewingSender.class);

  private final Source source;
  private final Ticker ticker;
  private final URI server;

  @GuardedBy("this")
  private List<String> contents;

  @GuardedBy("this")
  private Sender sender;

  /** Senders with something under way. */
  @GuardedBy("this")
  private final List<Sender> retired = new ArrayList<>();

  @GuardedBy("this")
  private boolean closed;

  /**
   * Where settings come from. Called by one thread at a time.
   *
   * @hidden
   */
  public interface Source {
    /**
     * The settings that hold now.
     *
     * @throws IOException if they cannot be used, with one line for people
     */
    ServerSettings settings() throws IOException;

    /**
     * What the files hold from which {@link #settings} are made.
     *
     * @throws IOException if one cannot be read, with its path
     */
    List<String> contents() throws IOException;
  }

  /**
   * Reads the settings.
   *
   * @throws IOException if they cannot be used
   */
  public RenewingSender(Source source, Ticker ticker) throws IOException {
    this.source = source;
    this.ticker = ticker;
    contents = source.contents();
    ServerSettings settings = source.settings();
    server = settings.server();
    sender = new Sender(settings, ticker);
  }

  /** The server that was named at first. */
  public URI server() {
    return server;
  }

  /**
   * The one to send the next request with; not to be closed by the caller. Looks at the files.
   *
   * @throws IOException if a file cannot be read or used any more: the next call tries again
   */
  public synchronized Sender current() throws IOException {
    if (!closed) {
      List<String> now = source.contents();
      if (!now.equals(contents) || sender.hasNewClientKey()) {
        renew(source.settings());
        contents = now;
      }
    }
    return sender;
  }

  @GuardedBy("this")
  private void renew(ServerSettings settings) {
    if (!settings.server().equals(server)) {
      log.warn(
          "{}: its files name another server now, {} (expected: the same; start again to move)",
          server,
          settings.server());
      settings.credentials().close();
      return;
    }
    sender.retire();
    retired.removeIf(Sender::isClosed);
    retired.add(sender);
    sender = new Sender(settings, ticker);
    log.info("{}: certificates or credentials were renewed in their files", server);
  }

  /** What was said by the server, without the secrets that were sent to it. */
  public synchronized IOException hide(IOException failure) {
    return sender.hide(failure);
  }

  /** The first words of an answer, without the secrets that were sent to the server. */
  public synchronized String bodyExcerpt(byte[] beginning) {
    return sender.bodyExcerpt(beginning);
  }

  /** Ends everything that is under way; a request after that is refused. */
  @Override
  public synchronized void close() {
    closed = true;
    sender.close();
    retired.forEach(Sender::close);
  }
}
