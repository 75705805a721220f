package io.promdisco.http.tls;

import io.promdisco.util.ExceptionCauses;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Describes TLS failures, in the same way for every TLS implementation. */
public final class TlsFailures {
  private static final Pattern BORINGSSL = Pattern.compile("OPENSSL_internal:(\\w+)");
  private static final String ALERT = "alert_";
  private static final Pattern JDK_ALERT = Pattern.compile("[Rr]eceived fatal alert: (\\w+)");

  /** Alerts about the client: its certificate, or the name that it requested. */
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

  private TlsFailures() {}

  /** Whether it is a TLS failure. */
  static boolean isTls(Throwable problem) {
    return ExceptionCauses.find(problem, SSLException.class) != null;
  }

  /** Whether the other side ended the connection with an alert. */
  public static boolean isAlert(Throwable problem) {
    SSLException tls = ExceptionCauses.find(problem, SSLException.class);
    return tls != null && !alert(tls).isEmpty();
  }

  /**
   * Whether native TLS and the server support nothing in common. Other problems are a rejected
   * certificate on either side, and a broken connection.
   */
  static boolean isUnsupportedByNative(Throwable problem) {
    SSLException tls = ExceptionCauses.find(problem, SSLException.class);
    return tls != null
        && ExceptionCauses.find(problem, CertificateException.class) == null
        && BORINGSSL.matcher(String.valueOf(tls.getMessage())).find()
        && !ABOUT_CLIENT.contains(alert(tls));
  }

  /** Whether the other side ended the connection during the TLS handshake without a reason. */
  static boolean isBrokenHandshake(Throwable problem) {
    SSLHandshakeException handshake = ExceptionCauses.find(problem, SSLHandshakeException.class);
    return handshake != null
        && ExceptionCauses.find(problem, CertificateException.class) == null
        && ExceptionCauses.find(problem, HttpConnectTimeoutException.class) == null
        && alert(handshake).isEmpty();
  }

  /**
   * Returns why TLS failed, in one line for people.
   *
   * @param client what the server requested from the client in the handshake; may be empty
   */
  public static String text(SSLException problem, URI server, String client) {
    CertificateException certificate =
        ExceptionCauses.find(problem, UntrustedCertificateException.class);
    if (certificate == null) {
      certificate = ExceptionCauses.find(problem, CertificateException.class);
    }
    if (certificate != null) {
      String detail = ExceptionCauses.detail(certificate, "it is not acceptable");
      return "cannot verify the certificate of " + server + ": " + ExceptionCauses.lower(detail);
    }
    String alert = alert(problem);
    if (!alert.isEmpty()) {
      return server
          + " refuses the connection (TLS alert "
          + alert
          + ")"
          + (client.isEmpty() ? "" : ": " + client);
    }
    String detail = ExceptionCauses.detail(problem, "refused");
    // the messages of the JDK and of BoringSSL
    if (detail.contains("nrecognized SSL message") || detail.contains("parse TLS packet header")) {
      return server + " does not speak TLS";
    }
    return "TLS with "
        + server
        + " failed: "
        + ExceptionCauses.lower(reason(problem, detail))
        + (client.isEmpty() ? "" : " (" + client + ")");
  }

  /**
   * Returns the alert with which the other side ended the connection, as named in RFC 8446, or an
   * empty string.
   */
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

  /** BoringSSL's first line contains a memory address, its second line the reason. */
  private static String reason(SSLException problem, String otherwise) {
    Matcher matcher = BORINGSSL.matcher(String.valueOf(problem.getMessage()));
    return matcher.find() ? matcher.group(1).toLowerCase(Locale.ROOT).replace('_', ' ') : otherwise;
  }
}
