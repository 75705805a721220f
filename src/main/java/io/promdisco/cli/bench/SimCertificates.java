package io.promdisco.cli.bench;

import io.promdisco.sim.SimOptions;
import io.promdisco.util.UserFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Makes a certificate chain for a simulated server with the JDK's keytool: a CA with an RSA key, an
 * intermediate CA and a server with EC keys. Real clusters use both kinds of keys, so verifying
 * this chain costs a client as much as a real one.
 */
public final class SimCertificates {
  private static final char[] PASSWORD = "simulated".toCharArray();
  private static final String CA = "ca";
  private static final String INTERMEDIATE = "intermediate";
  private static final String SERVER = "server";
  private static final String IS_CA = "bc:critical=ca:true";

  private SimCertificates() {}

  /**
   * Options of a server that speaks TLS on 127.0.0.1, and HTTP/2 over it. Its kubeconfigs name the
   * CA.
   *
   * @param folder for the keys, {@code store.p12}
   */
  public static SimOptions options(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve("store.p12");
    make(store, CA, "RSA", "-dname", "CN=simulated-ca", "-ext", IS_CA);
    make(store, INTERMEDIATE, "EC", "-dname", "CN=intermediate", "-ext", IS_CA, "-signer", CA);
    String name = "CN=simulated";
    make(store, SERVER, "EC", "-dname", name, "-ext", "san=ip:127.0.0.1", "-signer", INTERMEDIATE);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = UserFiles.open(store, 1 << 20)) {
      keys.load(in, PASSWORD);
    }
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getCertificate(CA).getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    keys.deleteEntry(CA); // The server presents its own certificate.
    keys.deleteEntry(INTERMEDIATE);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return new SimOptions().tls(context, pem);
  }

  private static void make(Path store, String alias, String algorithm, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", algorithm));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    keytool.getInputStream().transferTo(OutputStream.nullOutputStream());
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool ended with " + keytool.exitValue());
    }
  }
}
