package io.promdisco.server.access;

import io.promdisco.config.WebConfig;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests with a correct password. A request occupies no thread while its password is
 * checked.
 */
final class BasicAuthHandler extends Handler.Wrapper {
  private static final String SCHEME = "basic ";

  private final WebSettings settings;
  private final PasswordCheck passwords;

  BasicAuthHandler(WebSettings settings, PasswordCheck passwords, Handler inner) {
    super(inner);
    this.settings = settings;
    this.passwords = passwords;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    WebConfig config = settings.current().config();
    if (config.users().isEmpty()) {
      return super.handle(request, response, callback);
    }
    String[] given = credentials(request.getHeaders().get(HttpHeader.AUTHORIZATION));
    if (given == null) {
      refuse(response, callback);
      return true;
    }
    ClientAddress client =
        ClientAddress.of(request.getConnectionMetaData().getRemoteSocketAddress());
    boolean accepted =
        passwords.check(
            config.users(),
            client,
            given[0],
            given[1],
            right -> answer(right, request, response, callback));
    if (!accepted) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
      AccessHandler.end(
          response, callback, 429, "too many passwords are being checked; try again\n");
    }
    return true;
  }

  private void answer(boolean right, Request request, Response response, Callback callback) {
    if (!right) {
      refuse(response, callback);
      return;
    }
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, 404);
      }
    } catch (Exception e) {
      Response.writeError(request, response, callback, e);
    }
  }

  private static void refuse(Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic");
    AccessHandler.end(response, callback, 401, "a user and a password are required\n");
  }

  /** Returns user and password, or null if there are none. */
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
