package io.promdisco.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.jspecify.annotations.Nullable;

/** Says in one line for people what went wrong on the way to a server. */
final class Failures {
  private static final Pattern BORINGSSL = Pattern.compile("OPENSSL_internal:(\\w+)");
  private static final String ALERT = "alert_";
  private static final Pattern JDK_ALERT = Pattern.compile("[Rr]eceived fatal alert: (\\w+)");

  /** Alerts about the client: its certificate, or the name that it asked for. */
  private static final Set<String> ABOUT_CLIENT =
      Set.of(
          "access_denied",
          "bad_certificate",
          "certificate_expired",
          "certificate_required",
          "certificate_revoked",
          "certificate_unknown",
          "decrypt_error",
          "unknown_ca",
          "unrecognized_name",
          "unsupported_certificate");

  private Failures() {}

  /**
   * An exception about a request that got no answer, or whose answer broke off.
   *
   * @param server its URL without credentials
   * @param client what the server requested from the client in the TLS handshake; may be empty
   */
  static IOException explain(Throwable problem, URI server, String client) {
    return explain(problem, server, "", client);
  }

  /**
   * The same through a proxy.
   *
   * @param way which proxy, as a part of a sentence; may be empty
   */
  static IOException explain(Throwable problem, URI server, String way, String client) {
    Throwable cause = problem;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new IOException(text(cause, server, client) + way, cause);
  }

  /** What the HTTP library says, as an exception whose message is a part of a sentence. */
  static IOException ofHttp(Exception problem) {
    if (problem instanceof MessageConstraintException) {
      return new IOException("its head is longer than is allowed", problem);
    }
    boolean isCut =
        problem instanceof ConnectionClosedException
            || problem instanceof NoHttpResponseException
            || problem instanceof TruncatedChunkException
            || (problem instanceof MalformedChunkCodingException
                && String.valueOf(problem.getMessage()).startsWith("CRLF expected"));
    if (isCut) {
      EOFException closed = new EOFException("closed");
      closed.initCause(problem);
      return closed;
    }
    return problem instanceof IOException io
        ? io
        : new IOException("its answer is not HTTP", problem);
  }

  /** Whether TLS failed. */
  static boolean isTls(Throwable problem) {
    return find(problem, SSLException.class) != null;
  }

  /** Whether the other side ended TLS and said why. */
  static boolean isAlert(Throwable problem) {
    SSLException tls = find(problem, SSLException.class);
    return tls != null && !alert(tls).isEmpty();
  }

  /**
   * Whether native TLS and the server found nothing that both support. A certificate that was
   * refused, on either side, and a connection that broke are other problems.
   */
  static boolean isUnsupportedByNative(Throwable problem) {
    SSLException tls = find(problem, SSLException.class);
    return tls != null
        && find(problem, CertificateException.class) == null
        && BORINGSSL.matcher(String.valueOf(tls.getMessage())).find()
        && !ABOUT_CLIENT.contains(alert(tls));
  }

  /** Whether the other side ended the connection during the TLS handshake without a reason. */
  static boolean isBrokenHandshake(Throwable problem) {
    SSLHandshakeException handshake = find(problem, SSLHandshakeException.class);
    return handshake != null
        && find(problem, CertificateException.class) == null
        && find(problem, HttpConnectTimeoutException.class) == null
        && alert(handshake).isEmpty();
  }

  private static String text(Throwable problem, URI server, String client) {
    SSLException tls = find(problem, SSLException.class);
    if (tls != null) {
      return tls(tls, server, client);
    }
    if (problem instanceof HttpConnectTimeoutException) {
      return "cannot connect to " + server + ": no answer";
    }
    if (find(problem, UnresolvedAddressException.class) != null
        || find(problem, UnknownHostException.class) != null) {
      return "cannot connect to " + server + ": unknown host " + server.getHost();
    }
    if (find(problem, NoRouteToHostException.class) != null) {
      return "cannot connect to " + server + ": no route to host";
    }
    if (problem instanceof ConnectException) {
      return "cannot connect to " + server + ": " + lower(detail(problem, "connection refused"));
    }
    return "connection to "
        + server
        + " broke: "
        + lower(detail(problem, "closed"))
        + (client.isEmpty() ? "" : " (" + client + ")");
  }

  private static String tls(SSLException problem, URI server, String client) {
    CertificateException certificate = find(problem, UntrustedCertificateException.class);
    if (certificate == null) {
      certificate = find(problem, CertificateException.class);
    }
    if (certificate != null) {
      String detail = detail(certificate, "it is not acceptable");
      return "cannot verify the certificate of " + server + ": " + lower(detail);
    }
    String alert = alert(problem);
    if (!alert.isEmpty()) {
      return server
          + " refuses the connection (TLS alert "
          + alert
          + ")"
          + (client.isEmpty() ? "" : ": " + client);
    }
    String detail = detail(problem, "refused");
    // The JDK's words, then BoringSSL's.
    if (detail.contains("nrecognized SSL message") || detail.contains("parse TLS packet header")) {
      return server + " does not speak TLS";
    }
    return "TLS with "
        + server
        + " failed: "
        + lower(reason(problem, detail))
        + (client.isEmpty() ? "" : " (" + client + ")");
  }

  /** The alert with which the other side ended TLS, as RFC 8446 calls it, or the empty string. */
  private static String alert(SSLException problem) {
    String message = String.valueOf(problem.getMessage());
    Matcher jdk = JDK_ALERT.matcher(message);
    if (jdk.find()) {
      return jdk.group(1);
    }
    Matcher boringSsl = BORINGSSL.matcher(message);
    String name = boringSsl.find() ? boringSsl.group(1).toLowerCase(Locale.ROOT) : "";
    int at = name.indexOf(ALERT);
    return at < 0 ? "" : name.substring(at + ALERT.length());
  }

  /** BoringSSL says it in the second line, and in the first an address of its memory. */
  private static String reason(SSLException problem, String otherwise) {
    Matcher matcher = BORINGSSL.matcher(String.valueOf(problem.getMessage()));
    return matcher.find() ? matcher.group(1).toLowerCase(Locale.ROOT).replace('_', ' ') : otherwise;
  }

  /** The first line of what it says. */
  static String detail(Throwable problem, String otherwise) {
    String message = problem.getMessage();
    if (message == null || message.isBlank()) {
      return otherwise;
    }
    int line = message.indexOf('\n');
    return (line < 0 ? message : message.substring(0, line)).strip();
  }

  /** A sentence without its capital letter. */
  static String lower(String text) {
    boolean sentence =
        text.length() > 1
            && Character.isUpperCase(text.charAt(0))
            && !Character.isUpperCase(text.charAt(1));
    return sentence ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1) : text;
  }

  static <T extends Throwable> @Nullable T find(Throwable problem, Class<T> type) {
    Throwable at = problem;
    for (int depth = 0; at != null && depth < 20; depth++, at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }
}
