package io.promdisco.http.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Presents the current certificate from a supplier, if there is one, and records whether the other
 * side requested it. Safe for all threads.
 */
final class ClientKeyManager extends X509ExtendedKeyManager {
  private static final String ALIAS = "own";

  private final Supplier<@Nullable ClientKey> current;
  private volatile String hint = "";

  ClientKeyManager(Supplier<@Nullable ClientKey> current) {
    this.current = current;
  }

  /** Whether the native TLS cannot sign with the key. */
  boolean needsJdk() {
    ClientKey client = current.get();
    return client != null && client.key().getAlgorithm().equals("EdDSA");
  }

  /**
   * Returns, for errors, what happened when a server requested a certificate; empty if it did not.
   */
  String hint() {
    return hint;
  }

  private @Nullable String alias(String... keyTypes) {
    ClientKey client = current.get();
    return client != null && Arrays.asList(keyTypes).contains(client.key().getAlgorithm())
        ? ALIAS
        : null;
  }

  private @Nullable String clientAlias(String... keyTypes) {
    ClientKey client = current.get();
    String alias = alias(keyTypes);
    if (client == null) {
      hint =
          "it requires a client certificate, but none is configured (expected: cert_file"
              + " and key_file, or client-certificate and client-key)";
    } else if (alias == null) {
      hint =
          "it does not accept client certificates with a key of type "
              + client.key().getAlgorithm();
    } else {
      hint =
          "the client certificate was \""
              + client.chain().get(0).getSubjectX500Principal().getName()
              + "\"";
    }
    return alias;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return clientAlias(keyTypes);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return clientAlias(keyTypes);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    ClientKey client = current.get();
    return client == null ? null : client.chain().toArray(new X509Certificate[0]);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    ClientKey client = current.get();
    return client == null ? null : client.key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return getClientAliases(keyType, issuers);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }
}
