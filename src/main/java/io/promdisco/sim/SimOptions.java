package io.promdisco.sim;

import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Options of a simulated API server. For one thread; read when the server starts. */
public final class SimOptions {
  /** How the server answers {@code sendInitialEvents}. */
  public enum StreamingLists {
    /** Sends the state as events. */
    SERVED,
    /** Rejects it with 422, like servers from 1.27 on whose feature gate is off. */
    REFUSED_AS_INVALID,
    /** Rejects it with 400. */
    REFUSED_AS_BAD_REQUEST,
    /** Ignores the unknown parameter, like servers before 1.27. */
    IGNORED
  }

  int port;
  @Nullable SSLContext tls;
  String caPem = "";
  @Nullable Ticker ticker;
  boolean protobuf = true;
  StreamingLists streamingLists = StreamingLists.SERVED;
  boolean goneAsStatus;
  Duration bookmarkPause = Duration.ofMinutes(1);
  final Map<String, String> userByToken = new HashMap<>();
  final Map<String, Permissions> permissions = new HashMap<>();

  /** The port to listen on; default 0 for any free port. */
  public SimOptions port(int value) {
    port = value;
    return this;
  }

  /**
   * Uses TLS. Default: plain HTTP.
   *
   * @param context a context with the server's key
   * @param ca the CA certificate in PEM, for kubeconfigs
   */
  public SimOptions tls(SSLContext context, String ca) {
    tls = context;
    caPem = ca;
    return this;
  }

  /** The clock for timeouts, bookmarks and slow answers. Default: the system clock. */
  public SimOptions ticker(Ticker value) {
    ticker = value;
    return this;
  }

  /** Answers with 406 to clients that accept only protobuf, and with JSON to all others. */
  public SimOptions refuseProtobuf() {
    protobuf = false;
    return this;
  }

  /** How it answers {@code sendInitialEvents}. Default: {@link StreamingLists#SERVED}. */
  public SimOptions streamingLists(StreamingLists value) {
    streamingLists = value;
    return this;
  }

  /**
   * Answers a watch from a version that is too old with HTTP status 410. Default: status 200 and an
   * ERROR event.
   */
  public SimOptions goneAsStatus() {
    goneAsStatus = true;
    return this;
  }

  /** The pause between the bookmarks of a watch. Default: a minute. */
  public SimOptions bookmarkPause(Duration value) {
    bookmarkPause = value;
    return this;
  }

  /**
   * Adds a user. If there are users, unknown tokens get 401, and a request without a token is that
   * of {@code system:anonymous}, who has no permissions unless added with an empty token. Default:
   * no users, and all requests are allowed.
   */
  public SimOptions user(String name, String token, Permissions may) {
    userByToken.put(token, name);
    permissions.put(name, may);
    return this;
  }
}
