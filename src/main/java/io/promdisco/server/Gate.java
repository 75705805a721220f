package io.promdisco.server;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.hash.HashCode;
import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import io.promdisco.config.Secret;
import io.promdisco.config.WebConfig;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Lets in those who know a password, and puts the configured headers on every answer. A password is
 * put to the test once: what was found is remembered for as long as it is asked for, as a keyed
 * hash. One is tested at a time, since that is meant to be slow; where too many wait, the answer is
 * 429.
 */
final class Gate extends Handler.Wrapper {
  private static final int REMEMBERED = 100;
  private static final int MOST_WAITING = 3;
  private static final String SCHEME = "basic ";

  private final WebSettings settings;
  private final HashFunction hash = keyed();
  private final Cache<HashCode, Boolean> known =
      CacheBuilder.newBuilder().maximumSize(REMEMBERED).build();
  private final Semaphore testing = new Semaphore(1);
  private final AtomicInteger waiting = new AtomicInteger();

  private enum Answer {
    WELCOME,
    WRONG,
    BUSY
  }

  Gate(WebSettings settings, Handler inner) {
    super(inner);
    this.settings = settings;
  }

  private static HashFunction keyed() {
    return Hashing.hmacSha256(random());
  }

  private static byte[] random() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    return random;
  }

  /** Of a password that nobody knows, so that an unknown user takes as long as a known one. */
  private static final class Nobody {
    static final Secret HASH =
        new Secret(
            BCrypt.withDefaults()
                .hashToString(10, Base64.getEncoder().encodeToString(random()).toCharArray()));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    WebConfig config = settings.current().config();
    config.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    if (config.users().isEmpty()) {
      return super.handle(request, response, callback);
    }
    switch (answer(config, request.getHeaders().get(HttpHeader.AUTHORIZATION))) {
      case WELCOME -> {
        return super.handle(request, response, callback);
      }
      case WRONG -> {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic");
        end(response, callback, 401, "a user and a password are needed\n");
      }
      case BUSY -> end(response, callback, 429, "too many passwords at once; try again\n");
    }
    return true;
  }

  private static void end(Response response, Callback callback, int status, String text) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.write(true, StandardCharsets.UTF_8.encode(text), callback);
  }

  private Answer answer(WebConfig config, @Nullable String authorization)
      throws InterruptedException {
    String[] given = credentials(authorization);
    if (given == null) {
      return Answer.WRONG;
    }
    Secret expected = config.users().get(given[0]);
    String bcrypt = expected == null ? Nobody.HASH.reveal() : expected.reveal();
    HashCode key =
        hash.newHasher()
            .putInt(given[0].length())
            .putUnencodedChars(given[0])
            .putUnencodedChars(bcrypt)
            .putUnencodedChars(given[1])
            .hash();
    Boolean right = known.getIfPresent(key);
    if (right == null) {
      if (waiting.incrementAndGet() > MOST_WAITING) {
        waiting.decrementAndGet();
        return Answer.BUSY;
      }
      try {
        testing.acquire();
        try {
          right = matches(given[1], bcrypt);
        } finally {
          testing.release();
        }
      } finally {
        waiting.decrementAndGet();
      }
      known.put(key, right);
    }
    return right && expected != null ? Answer.WELCOME : Answer.WRONG;
  }

  private static boolean matches(String password, String bcrypt) {
    BCrypt.Version version = BCrypt.Version.VERSION_2A; // of the length only: any is verified
    return BCrypt.verifyer(version, LongPasswordStrategies.truncate(version))
        .verify(
            password.getBytes(StandardCharsets.UTF_8), bcrypt.getBytes(StandardCharsets.US_ASCII))
        .verified;
  }

  /** User and password; null if there are none. */
  private static String @Nullable [] credentials(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip());
      String text = new String(decoded, StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0 ? null : new String[] {text.substring(0, colon), text.substring(colon + 1)};
    } catch (IllegalArgumentException e) {
      return null; // not base64
    }
  }
}
