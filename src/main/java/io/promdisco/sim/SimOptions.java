package io.promdisco.sim;

import io.promdisco.util.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** How a simulated API server behaves. For one thread; read when the server starts. */
public final class SimOptions {
  /** What the server answers to {@code sendInitialEvents}. */
  public enum StreamingLists {
    /** The state as events. */
    SERVED,
    /** 422, as servers from 1.27 whose feature gate is off. */
    REFUSED_AS_INVALID,
    /** 400. */
    REFUSED_AS_BAD_REQUEST,
    /** Not known: the parameter is passed over, as by servers before 1.27. */
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

  /** Port to listen on; default 0: a free one. */
  public SimOptions port(int value) {
    port = value;
    return this;
  }

  /**
   * Speaks TLS. Default: plain HTTP.
   *
   * @param context with the server's key
   * @param ca certificate of the authority in PEM, for kubeconfigs
   */
  public SimOptions tls(SSLContext context, String ca) {
    tls = context;
    caPem = ca;
    return this;
  }

  /** Clock for time-outs, bookmarks and slow answers. Default: the machine's. */
  public SimOptions ticker(Ticker value) {
    ticker = value;
    return this;
  }

  /** RequestHandler 406 to those that take nothing but protobuf, and JSON to all others. */
  public SimOptions refuseProtobuf() {
    protobuf = false;
    return this;
  }

  /** What it answers to {@code sendInitialEvents}. Default: {@link StreamingLists#SERVED}. */
  public SimOptions streamingLists(StreamingLists value) {
    streamingLists = value;
    return this;
  }

  /**
   * RequestHandler a watch from a version that is too old with HTTP status 410. Default: status 200
   * and an ERROR event.
   */
  public SimOptions goneAsStatus() {
    goneAsStatus = true;
    return this;
  }

  /** Pause between the bookmarks of a watch. Default: a minute. */
  public SimOptions bookmarkPause(Duration value) {
    bookmarkPause = value;
    return this;
  }

  /**
   * Knows a user. As soon as there is one, unknown tokens get 401, and a request without a token is
   * that of {@code system:anonymous}, who may do nothing unless added with an empty token. Default:
   * no users, everybody may do everything.
   */
  public SimOptions user(String name, String token, Permissions may) {
    userByToken.put(token, name);
    permissions.put(name, may);
    return this;
  }
}
