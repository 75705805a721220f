package io.promdisco.http.tls;

import io.promdisco.util.ExceptionCauses;
import io.promdisco.util.HostNames;
import io.promdisco.util.PrintableText;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Finds the reason why a certificate chain is rejected. For one thread. */
final class CertificateDiagnosis {
  private static final int MOST_NAMES = 5;
  private static final int LONGEST_NAME = 200;

  private final List<X509Certificate> chain;
  private final List<X509Certificate> authorities;
  private final String place;
  private final Instant now = Instant.now();

  /**
   * Creates a diagnosis of a chain.
   *
   * @param chain the certificate, then the CA certificates that the other side sent, in any order
   * @param authorities the trusted certificates
   * @param place their origin; empty if the JVM trusts them
   */
  CertificateDiagnosis(X509Certificate[] chain, List<X509Certificate> authorities, String place) {
    this.chain = List.of(chain);
    this.authorities = authorities;
    this.place = place;
  }

  /** Rejects a certificate that is not valid now. */
  void checkValidity() throws CertificateException {
    String problem = validity(chain.get(0));
    if (!problem.isEmpty()) {
      throw new UntrustedCertificateException("it " + problem);
    }
  }

  private String validity(X509Certificate certificate) {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      return "expired on " + end;
    }
    return now.isBefore(begin) ? "is not valid before " + begin + " (now: " + now + ")" : "";
  }

  /** Rejects a certificate that is not valid for {@code host}. */
  void checkName(@Nullable String host) throws CertificateException {
    X509Certificate certificate = chain.get(0);
    CertificateNames names = new CertificateNames(certificate);
    if (host == null || host.isEmpty()) {
      throw new UntrustedCertificateException("the host name is unknown, so it cannot be compared");
    }
    if (names.include(HostNames.withoutBrackets(host))) {
      return;
    }
    List<String> all = names.all();
    if (all.isEmpty()) {
      throw new UntrustedCertificateException(
          "it has no subject alternative name (expected: "
              + host
              + " as one; its common name, "
              + shown(certificate.getSubjectX500Principal())
              + ", is not used)");
    }
    String listed =
        String.join(", ", all.subList(0, Math.min(all.size(), MOST_NAMES)))
            + (all.size() > MOST_NAMES ? " and " + (all.size() - MOST_NAMES) + " more" : "");
    throw new UntrustedCertificateException(
        "it is valid for "
            + shown(listed)
            + ", not for "
            + host
            + " (connect to one of its names, or set the server name to one)");
  }

  /** Rejects a chain whose trusted CAs have all expired or are not valid yet. */
  void checkAuthority() throws CertificateException {
    if (authorities.stream().allMatch(authority -> validity(authority).isEmpty())) {
      return;
    }
    String problem = issuer();
    if (problem != null) {
      throw new UntrustedCertificateException(problem);
    }
  }

  /**
   * Returns the reason why the JVM rejects the chain.
   *
   * @param otherwise the exception of the JVM
   */
  String reason(CertificateException otherwise) {
    String problem = issuer();
    if (problem != null) {
      return problem;
    }
    Throwable deepest = otherwise;
    for (int depth = 0; deepest.getCause() != null && depth < 20; depth++) {
      deepest = deepest.getCause();
    }
    return "it is not acceptable: "
        + shown(
            ExceptionCauses.lower(
                ExceptionCauses.detail(deepest, deepest.getClass().getSimpleName())));
  }

  /** Follows the chain to a trusted CA. Returns what is wrong on the way, or null. */
  private @Nullable String issuer() {
    Set<X509Certificate> seen = new HashSet<>();
    X509Certificate at = chain.get(0);
    while (seen.add(at) && !authorities.contains(at)) {
      X500Principal name = at.getIssuerX500Principal();
      List<X509Certificate> sameName = named(authorities, name);
      List<X509Certificate> trusted = issuersOf(at, sameName);
      if (!trusted.isEmpty()) {
        return expired("the CA " + shown(name) + in(), trusted);
      }
      if (at.getSubjectX500Principal().equals(name) && isIssuedBy(at, at)) {
        return at.equals(chain.get(0))
            ? "it is self-signed and not" + in()
            : "it is issued by " + shown(name) + ", a CA that is not" + in();
      }
      List<X509Certificate> sent = issuersOf(at, named(chain, name));
      if (sent.isEmpty()) {
        return sameName.isEmpty()
            ? "it is issued by "
                + shown(name)
                + ", a CA that is not"
                + in()
                + (place.isEmpty()
                    ? " (expected: the certificate of its CA, as ca_file or certificate-authority)"
                    : "")
                + "; intermediate certificate missing?"
            : "it is issued by another CA named "
                + shown(name)
                + " than the one"
                + in()
                + " (was the CA replaced?)";
      }
      String problem = expired("its issuer " + shown(name), sent);
      if (problem != null) {
        return problem;
      }
      at = sent.get(0);
      if (at.getBasicConstraints() < 0) {
        return "its issuer " + shown(name) + " is not a CA (basic constraints)";
      }
    }
    return null;
  }

  private @Nullable String expired(String subject, List<X509Certificate> candidates) {
    for (X509Certificate candidate : candidates) {
      if (validity(candidate).isEmpty()) {
        return null;
      }
    }
    return subject + " " + validity(candidates.get(0));
  }

  private static List<X509Certificate> named(List<X509Certificate> of, X500Principal name) {
    return of.stream().filter(one -> one.getSubjectX500Principal().equals(name)).toList();
  }

  private static List<X509Certificate> issuersOf(
      X509Certificate certificate, List<X509Certificate> candidates) {
    return candidates.stream().filter(candidate -> isIssuedBy(certificate, candidate)).toList();
  }

  private static boolean isIssuedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // This is being determined.
    }
  }

  private String in() {
    return place.isEmpty() ? " among those that this JVM trusts" : " in " + place;
  }

  private static String shown(X500Principal name) {
    String text = name.getName();
    return text.isEmpty() ? "without a name" : "\"" + shown(text) + "\"";
  }

  private static String shown(String text) {
    return PrintableText.brief(text, LONGEST_NAME);
  }
}
