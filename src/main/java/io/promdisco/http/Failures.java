package io.promdisco.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in one line for people what went wrong on the way to a server. */
final class Failures {
  private static final Pattern BORINGSSL = Pattern.compile("OPENSSL_internal:(\\w+)");
  private static final String ALERT = "alert_";

  private Failures() {}

  /**
   * An exception about a request that got no answer, or whose answer broke off.
   *
   * @param server its URL without credentials
   * @param trusted whose certificates are trusted, as {@code the CA in ca.crt}
   */
  static IOException explain(Throwable problem, URI server, String trusted) {
    Throwable cause = problem;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new IOException(text(cause, server, trusted), cause);
  }

  private static String text(Throwable problem, URI server, String trusted) {
    SSLException tls = find(problem, SSLException.class);
    if (tls != null) {
      return tls(tls, server, trusted);
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
    return "connection to " + server + " broke: " + lower(detail(problem, "closed"));
  }

  private static String tls(SSLException problem, URI server, String trusted) {
    if (find(problem, CertificateExpiredException.class) != null) {
      return "certificate of " + server + " has expired";
    }
    if (find(problem, CertificateNotYetValidException.class) != null) {
      return "certificate of " + server + " is not valid yet";
    }
    if (find(problem, CertPathBuilderException.class) != null
        || find(problem, SignatureException.class) != null) {
      return "certificate of " + server + " is not signed by " + trusted;
    }
    CertificateException certificate = find(problem, CertificateException.class);
    if (certificate != null) {
      String detail = detail(certificate, "");
      return detail.startsWith("No ")
          ? "certificate of " + server + " is for another name: " + lower(detail)
          : "certificate of " + server + " is not good: " + lower(detail);
    }
    String detail = detail(problem, "refused");
    // The JDK's words, then BoringSSL's.
    if (detail.contains("nrecognized SSL message") || detail.contains("parse TLS packet header")) {
      return server + " does not speak TLS";
    }
    detail = reason(problem, detail);
    if (detail.contains("bad_certificate") || detail.contains("certificate_required")) {
      return server + " wants a client certificate, another than this one: " + lower(detail);
    }
    return "TLS with " + server + " failed: " + lower(detail);
  }

  /** BoringSSL says it in the second line, and in the first an address of its memory. */
  private static String reason(SSLException problem, String otherwise) {
    Matcher matcher = BORINGSSL.matcher(String.valueOf(problem.getMessage()));
    if (!matcher.find()) {
      return otherwise;
    }
    String name = matcher.group(1).toLowerCase(Locale.ROOT);
    int alert = name.indexOf(ALERT);
    return alert < 0
        ? name.replace('_', ' ')
        : "received fatal alert: " + name.substring(alert + ALERT.length());
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

  private static <T extends Throwable> @Nullable T find(Throwable problem, Class<T> type) {
    Throwable at = problem;
    for (int depth = 0; at != null && depth < 20; depth++, at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }
}
