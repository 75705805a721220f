package io.promdisco.security;

import io.promdisco.testing.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A folder with a configuration, kubeconfigs and a dump, in which secrets stand wherever they can.
 */
final class LeakWorld {
  final CanarySecrets canaries = new CanarySecrets();

  /** The secrets that the servers must have been sent, or the test shows nothing. */
  final Set<String> sent = new LinkedHashSet<>();

  private static final String REFUSED = "status403";

  private final Path folder;
  private final String server;
  private final String secureServer;
  private final StringBuilder jobs = new StringBuilder();
  private String otherSections = "";

  /**
   * Writes the files.
   *
   * @param secureServer of kubeconfigs, whose credentials are sent over TLS only; {@code secure} is
   *     its certificate
   */
  LeakWorld(Path folder, String server, String secureServer, Certificates secure) throws Exception {
    this.folder = folder;
    this.server = server;
    this.secureServer = secureServer;
    write("secure.pem", secure.certificate());
    plantOtherSections();
    plantHttpClients();
    plantKubeconfigs();
    plantBrokenOnes();
    plantDump();
    write("prometheus.yml", otherSections + "scrape_configs:\n" + jobs);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private String sent(String where) {
    String value = canaries.plant(where);
    sent.add(value);
    return value;
  }

  private void plantOtherSections() {
    otherSections =
        """
        remote_write:
        - url: http://u:%s@127.0.0.1:1/w
          basic_auth: {username: u, password: %s}
        - url: http://127.0.0.1:1/v
          name: sigv4
          sigv4: {region: r, access_key: k, secret_key: %s}
        remote_read:
        - url: http://127.0.0.1:1/r
          bearer_token: %s
        alerting:
          alertmanagers:
          - authorization: {credentials: %s}
            static_configs: [{targets: ['127.0.0.1:1']}]
        """
            .formatted(
                canaries.plant("remote_write url"),
                canaries.plant("remote_write password"),
                canaries.plant("remote_write sigv4 secret_key"),
                canaries.plant("remote_read bearer_token"),
                canaries.plant("alertmanager credentials"));
    job(
        "scraped",
        """
        static_configs: [{targets: ['127.0.0.1:1']}]
        basic_auth: {username: u, password: %s}
        tls_config: {cert: c, key: %s}
        http_headers: {X-Key: {secrets: [%s]}}
        """
            .formatted(
                canaries.plant("scrape password"),
                canaries.plant("scrape tls key"),
                canaries.plant("scrape header")));
  }

  private void job(String name, String text) {
    jobs.append("- job_name: ").append(name).append('\n').append(text.indent(2));
  }

  private void plantHttpClients() throws Exception {
    write("token", sent("bearer_token_file"));
    write("password", sent("password_file"));
    write("header", sent("http_headers file"));
    Certificates pair = Certificates.make("EC", "ip:127.0.0.1");
    write("cert.pem", pair.certificate());
    write("key.pem", canaries.plantKey("key_file", pair.key()));
    write("ca.pem", pair.authority());
    String key = canaries.plantKey("tls_config.key", otherKey()).strip().replace("\n", "\\n");
    Map<String, String> ways = new LinkedHashMap<>();
    ways.put("token", "bearer_token: " + sent("bearer_token"));
    ways.put("tokenfile", "bearer_token_file: token");
    ways.put("credentials", "authorization: {type: Custom, credentials: " + sent("authorization"));
    ways.merge("credentials", "}", String::concat);
    ways.put("basic", "basic_auth: {username: u, password: " + sent("basic password") + "}");
    ways.put("basicfile", "basic_auth: {username: u, password_file: password}");
    ways.put(
        "headers",
        "http_headers: {X-A: {secrets: [" + sent("http_headers") + "], files: [header]}}");
    ways.put("files", "tls_config: {ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem}");
    ways.put("inline", "tls_config: {cert_file: cert.pem, key: \"" + key + "\"}");
    ways.put("proxy", "proxy_url: http://u:" + canaries.plant("proxy_url") + "@127.0.0.1:1");
    ways.put(
        "connect",
        "proxy_url: http://127.0.0.1:1\nproxy_connect_header: {Proxy-Authorization: ["
            + canaries.plant("proxy_connect_header")
            + "]}");
    ways.put(
        "oauth2",
        "oauth2: {client_id: u, client_secret: "
            + canaries.plant("oauth2 client_secret")
            + ", token_url: '"
            + server.replace("//", "//u:" + canaries.plant("oauth2 token_url") + "@")
            + "/token'}");
    ways.forEach((name, http) -> sources(REFUSED, name, server + "/" + REFUSED, http));
    ways.put(
        "jwt",
        "oauth2: {client_id: u, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',"
            + " client_certificate_key: "
            + canaries.plant("oauth2 client_certificate_key")
            + ", token_url: '"
            + server
            + "/token'}");
    ways.forEach(
        (name, http) ->
            job(
                "scraped-" + name,
                "static_configs: [{targets: ['127.0.0.1:1']}]\n"
                    + "metric_relabel_configs: [{action: labeldrop, regex: x}]\n"
                    + http
                    + "\n"));
    String url = server.replace("//", "//u:" + sent("URL") + "@") + "/" + REFUSED;
    sources(REFUSED, "url", url, "");
    for (String way : EchoServer.ways()) {
      for (String name : List.of("token", "basicfile", "headers")) {
        String http = String.valueOf(ways.get(name));
        sources(way, name + "-too", server + "/" + way, http);
      }
    }
  }

  private String otherKey() throws Exception {
    return Certificates.make("EC", "ip:127.0.0.1").key();
  }

  private void sources(String way, String name, String url, String http) {
    job(
        "k8s-" + way + "-" + name,
        "kubernetes_sd_configs:\n- role: node\n  api_server: '" + url + "'\n" + http.indent(2));
    job("http-" + way + "-" + name, "http_sd_configs:\n- url: '" + url + "'\n" + http.indent(2));
  }

  private void plantKubeconfigs() throws Exception {
    Certificates pair = Certificates.make("EC", "ip:127.0.0.1");
    write("kubetoken", sent("kubeconfig tokenFile"));
    Path plugin =
        write(
            "plugin",
            """
            #!/bin/sh
            echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}'
            """
                .formatted(sent("exec plugin's token")));
    Path broken = write("broken", "#!/bin/sh\necho " + canaries.plant("exec plugin's output"));
    for (Path program : new Path[] {plugin, broken}) {
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
    Map<String, String> users = new LinkedHashMap<>();
    users.put("token", "{token: " + sent("kubeconfig token") + "}");
    users.put("tokenfile", "{tokenFile: kubetoken}");
    users.put("password", "{username: u, password: " + sent("kubeconfig password") + "}");
    users.put(
        "key",
        "{client-certificate-data: "
            + CanarySecrets.base64(pair.certificate())
            + ", client-key-data: "
            + CanarySecrets.base64(canaries.plantKey("kubeconfig client-key-data", pair.key()))
            + "}");
    users.put(
        "idtoken", "{auth-provider: {name: oidc, config: {id-token: " + sent("id-token") + "}}}");
    String exec =
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./%s, interactiveMode:"
            + " Never, args: ["
            + canaries.plant("exec args")
            + "], env: [{name: A, value: "
            + canaries.plant("exec env")
            + "}]}}";
    users.put("exec", exec.formatted("plugin"));
    users.put("badexec", exec.formatted("broken"));
    users.put("noexec", exec.formatted("missing"));
    users.put(
        "badkey",
        "{client-certificate: cert.pem, client-key-data: "
            + CanarySecrets.base64(
                "-----BEGIN PRIVATE KEY-----\n"
                    + canaries.plant("a key that is none")
                    + "\n-----END PRIVATE KEY-----")
            + "}");
    users.put("badtoken", "{token: [" + canaries.plant("a token that is a list") + "]}");
    users.put("notyaml", "{token: '" + canaries.plant("a kubeconfig that is no YAML") + "}");
    users.put("tab", "{\ttoken: \t@" + canaries.plant("a token with an @") + "}");
    for (Map.Entry<String, String> user : users.entrySet()) {
      String name = "kc-" + user.getKey();
      write(name, kubeconfig(secureServer + "/" + REFUSED, user.getValue()));
      job(name, "kubernetes_sd_configs: [{role: node, kubeconfig_file: " + name + "}]\n");
    }
  }

  private static String kubeconfig(String server, String user) {
    return """
    current-context: c
    contexts: [{name: c, context: {cluster: c, user: c}}]
    clusters: [{name: c, cluster: {server: '%s', certificate-authority: secure.pem}}]
    users:
    - name: c
      user: %s
    """
        .formatted(server, user);
  }

  /** What cannot be read, or not be used, has secrets in it as well. */
  private void plantBrokenOnes() throws IOException {
    write("bad-url", kubeconfig("http://u:" + canaries.plant("bad url") + "@[x", "{}"));
    job("bad-url", "kubernetes_sd_configs: [{role: node, kubeconfig_file: bad-url}]\n");
    job(
        "bad-api",
        "kubernetes_sd_configs: [{role: node, api_server: 'http://u:"
            + canaries.plant("bad api_server")
            + "@a_b/'}]\n");
    write(
        "bad-proxy",
        kubeconfig("http://x', proxy-url: 'http://u:" + canaries.plant("proxy-url") + "@[x", "{}"));
    job("bad-proxy", "kubernetes_sd_configs: [{role: node, kubeconfig_file: bad-proxy}]\n");
    job(
        "bad-oauth2",
        "http_sd_configs: [{url: 'http://127.0.0.1:1', oauth2: {client_id: u, client_secret: x,"
            + " token_url: 'http://u:"
            + canaries.plant("bad token_url")
            + "@a_b'}}]\n");
    write("odd-token", canaries.plant("a token of two lines") + "\nmore\u0001");
    job(
        "odd-token",
        "http_sd_configs: [{url: 'http://127.0.0.1:1', bearer_token_file: odd-token}]\n");
    for (String line :
        new String[] {"bearer_token: [%s]", "basic_auth: %s", "proxy_url: 'http://u:%s@a:b:c'"}) {
      String name = "broken-" + line.substring(0, 5) + ".yml";
      String secret = canaries.plant(line);
      write(
          name,
          "scrape_configs:\n- job_name: a\n  http_sd_configs:\n  - url: http://a\n    "
              + line.formatted(secret)
              + "\n");
    }
  }

  private void plantDump() throws IOException {
    String secret =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: s, namespace: default}
        data: {a: %s}
        stringData: {b: %s}
        """
            .formatted(
                CanarySecrets.base64(canaries.plant("Secret data")),
                canaries.plant("Secret stringData"));
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: default}
        spec:
          nodeName: n
          containers:
          - {name: c, image: i, env: [{name: E, value: %s}], ports: [{containerPort: 80}]}
        status: {phase: Running, podIP: 127.0.0.9}
        """
            .formatted(canaries.plant("environment of a pod"));
    write("dump.yaml", secret + "---\n" + pod);
    write("broken-dump.yaml", secret + "  : [ }\n");
    write("odd-dump.yaml", secret.replace("{name: s,", "{name: [s],").replace("data:", "data: &a"));
    write(
        "pods.yml", "scrape_configs:\n- job_name: pods\n  kubernetes_sd_configs: [{role: pod}]\n");
  }
}
