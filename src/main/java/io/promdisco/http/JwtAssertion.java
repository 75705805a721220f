package io.promdisco.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.config.HttpClientConfig.JwtGrant;
import io.promdisco.config.HttpClientConfig.OAuth2;
import io.promdisco.http.Credentials.Text;
import io.promdisco.http.tls.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The signed assertion with which a client requests a token: a JSON web token (RFC 7519) with an
 * RSA signature, valid for ten minutes. The key file is read for each assertion.
 */
final class JwtAssertion {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long SECONDS = 600;
  private static final String KEY = "oauth2.client_certificate_key";

  private final OAuth2 client;
  private final JwtGrant grant;
  private final Text key;

  JwtAssertion(OAuth2 client, JwtGrant grant) {
    this.client = client;
    this.grant = grant;
    this.key = Text.of(grant.key().reveal(), grant.keyFile());
  }

  /**
   * Returns a new assertion.
   *
   * @param now milliseconds since 1970
   * @throws IOException if there is no RSA key; the message is one line that names the setting
   */
  String sign(long now) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", grant.algorithm());
    header.put("typ", "JWT");
    if (!grant.keyId().isEmpty()) {
      header.put("kid", grant.keyId());
    }
    String signed = part(MAPPER.writeValueAsBytes(header)) + "." + part(payload(now / 1000));
    try {
      Signature signature = Signature.getInstance(javaName());
      signature.initSign(key());
      signature.update(signed.getBytes(US_ASCII));
      return signed + "." + part(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IOException(KEY + ": cannot sign with it (expected an RSA key)", e);
    }
  }

  private byte[] payload(long now) throws IOException {
    Map<String, @Nullable Object> claims = new LinkedHashMap<>();
    claims.put("iss", grant.issuer().isEmpty() ? client.clientId() : grant.issuer());
    claims.put("sub", client.clientId());
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("aud", grant.audience().isEmpty() ? client.tokenUrl() : grant.audience());
    claims.put("iat", now);
    claims.put("exp", now + SECONDS);
    if (!client.scopes().isEmpty()) {
      claims.put("scope", String.join(" ", client.scopes()));
    }
    claims.putAll(grant.claims());
    return MAPPER.writeValueAsString(claims).getBytes(UTF_8);
  }

  private PrivateKey key() throws IOException {
    String file = grant.keyFile();
    String text = key.read();
    String where = grant.key().isEmpty() && !file.isEmpty() ? KEY + "_file: " + file : KEY;
    if (text.isEmpty()) {
      throw new IOException(KEY + ": not set (expected an RSA private key, PEM)");
    }
    return Pem.key(text, where);
  }

  /** Returns the JDK's name: RS256 is SHA256withRSA, and so on (RFC 7518, section 3.3). */
  private String javaName() {
    return "SHA" + grant.algorithm().substring(2) + "withRSA";
  }

  private static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
