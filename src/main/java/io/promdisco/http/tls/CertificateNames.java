package io.promdisco.http.tls;

import static com.google.common.net.InetAddresses.forString;
import static com.google.common.net.InetAddresses.isInetAddress;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The host names and IP addresses that a certificate is valid for: its subject alternative names.
 * Its common name is ignored (RFC 9110, section 4.3.4).
 */
final class CertificateNames {
  private static final int DNS = 2;
  private static final int IP = 7;

  private final List<String> hosts = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();

  /**
   * Reads the names of a certificate.
   *
   * @throws CertificateParsingException if they cannot be read
   */
  CertificateNames(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null) {
      return;
    }
    for (List<?> name : names) {
      if (name.get(0) instanceof Integer kind && name.get(1) instanceof String text) {
        if (kind == DNS) {
          hosts.add(text);
        } else if (kind == IP) {
          addresses.add(text);
        }
      }
    }
  }

  /** Returns all of them, host names first. */
  List<String> all() {
    List<String> all = new ArrayList<>(hosts);
    for (String address : addresses) {
      all.add(isInetAddress(address) ? forString(address).getHostAddress() : address);
    }
    return all;
  }

  /**
   * Whether the certificate is valid for {@code host}, a name or an IP address without brackets.
   */
  boolean include(String host) {
    if (isInetAddress(host)) {
      return addresses.stream()
          .anyMatch(
              address -> isInetAddress(address) && forString(address).equals(forString(host)));
    }
    return hosts.stream().anyMatch(pattern -> matches(pattern, host));
  }

  /** Compares label by label. An asterisk as the whole first label matches any label (RFC 6125). */
  private static boolean matches(String pattern, String host) {
    String[] expected = labels(pattern);
    String[] actual = labels(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
    if (expected.length != actual.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      boolean isAny = i == 0 && expected.length > 1 && expected[0].equals("*");
      if (actual[i].isEmpty() || (!isAny && !expected[i].equals(actual[i]))) {
        return false;
      }
    }
    return true;
  }

  private static String[] labels(String name) {
    return name.toLowerCase(Locale.ROOT).split("\\.", -1);
  }
}
