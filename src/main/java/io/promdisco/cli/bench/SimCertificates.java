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

/** Makes a CA and a certificate issued by it for a simulated server, with the JDK's keytool. */
public final class SimCertificates {
  private static final char[] PASSWORD = "simulated".toCharArray();
  private static final String CA = "ca";
  private static final String SERVER = "server";

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
    make(store, CA, "-dname", "CN=simulated-ca", "-ext", "bc:critical=ca:true");
    make(store, SERVER, "-dname", "CN=simulated", "-ext", "san=ip:127.0.0.1", "-signer", CA);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (var in = UserFiles.open(store, 1 << 20)) {
      keys.load(in, PASSWORD);
    }
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(keys.getCertificate(CA).getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    keys.deleteEntry(CA); // The server presents its own certificate.
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return new SimOptions().tls(context, pem);
  }

  private static void make(Path store, String alias, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", "RSA"));
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
