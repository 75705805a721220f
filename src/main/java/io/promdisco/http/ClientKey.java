package io.promdisco.http;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A client certificate with its key. */
public record ClientKey(PrivateKey key, List<X509Certificate> chain) {

  /** Shows a server the client certificate that {@code current} gives, if it gives one. */
  static X509ExtendedKeyManager manager(Supplier<@Nullable ClientKey> current) {
    return new Manager(current);
  }

  private static final class Manager extends X509ExtendedKeyManager {
    private static final String ALIAS = "client";

    private final Supplier<@Nullable ClientKey> current;

    Manager(Supplier<@Nullable ClientKey> current) {
      this.current = current;
    }

    private @Nullable String alias(String... keyTypes) {
      ClientKey client = current.get();
      return client != null && Arrays.asList(keyTypes).contains(client.key.getAlgorithm())
          ? ALIAS
          : null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(keyTypes);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      String alias = alias(keyType);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      ClientKey client = current.get();
      return client == null ? null : client.chain.toArray(new X509Certificate[0]);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      ClientKey client = current.get();
      return client == null ? null : client.key;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }
}
