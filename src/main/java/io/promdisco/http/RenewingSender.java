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
 * credentials return another client certificate. Running requests continue with the old one. Safe
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

  /** old senders with running requests */
  @GuardedBy("this")
  private final List<Sender> retired = new ArrayList<>();

  @GuardedBy("this")
  private boolean closed;

  /**
   * The source of the settings. Called by one thread at a time.
   *
   * @hidden
   */
  public interface Source {
    /**
     * Returns the current settings.
     *
     * @throws IOException if they cannot be used; the message is one line for people
     */
    ServerSettings settings() throws IOException;

    /**
     * Returns the content of the files from which {@link #settings} are made.
     *
     * @throws IOException if one cannot be read; the message contains its path
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

  /** The server in the first settings. */
  public URI server() {
    return server;
  }

  /**
   * Returns the sender for the next request; the caller must not close it. Checks the files.
   *
   * @throws IOException if a file can no longer be read or used; the next call tries again
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
          "{}: its files now name another server, {} (expected: the same server; a restart"
              + " uses the new one)",
          server,
          settings.server());
      settings.credentials().close();
      return;
    }
    sender.retire();
    retired.removeIf(Sender::isClosed);
    retired.add(sender);
    sender = new Sender(settings, ticker);
    log.info("{}: uses the new certificates or credentials in its files", server);
  }

  /** Removes the secrets that were sent to the server from an exception. */
  public synchronized IOException hide(IOException failure) {
    return sender.hide(failure);
  }

  /** Returns the first words of an answer, without the secrets that were sent to the server. */
  public synchronized String bodyExcerpt(byte[] beginning) {
    return sender.bodyExcerpt(beginning);
  }

  /** Ends all running requests; later requests fail. */
  @Override
  public synchronized void close() {
    closed = true;
    sender.close();
    retired.forEach(Sender::close);
  }
}
