package io.promdisco.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** A key with a self-signed certificate, made by the JDK's keytool. */
public final class Certificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final KeyStore store;

  private Certificates(KeyStore store) {
    this.store = store;
  }

  /**
   * Makes one.
   *
   * @param names subject alternative names, as {@code ip:127.0.0.1}
   * @param options more for keytool
   */
  public static Certificates make(Path folder, String keyAlgorithm, String names, String... options)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = Files.createTempFile(folder, "store", ".p12");
    Files.delete(file);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-dname",
                "CN=test-" + file.getFileName(),
                "-ext",
                "san=" + names,
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-keyalg",
                keyAlgorithm));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return new Certificates(store);
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  public String certificate() throws GeneralSecurityException {
    return pem("CERTIFICATE", store.getCertificate("a").getEncoded());
  }

  public X509Certificate x509() throws GeneralSecurityException {
    return (X509Certificate) store.getCertificate("a");
  }

  public byte[] keyBytes() throws GeneralSecurityException {
    return store.getKey("a", PASSWORD).getEncoded();
  }

  public String key() throws GeneralSecurityException {
    return pem("PRIVATE KEY", keyBytes());
  }

  /** A context for a server with this certificate. */
  public SSLContext server() throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    try {
      trusted.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    trusted.setCertificateEntry("a", store.getCertificate("a"));
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Parameters of a server that asks for a client certificate. */
  public static SSLParameters wantingClients(SSLContext context) {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setNeedClientAuth(true);
    return parameters;
  }
}
