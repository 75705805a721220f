package io.promdisco;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.UserFiles;
import java.io.FileInputStream;
import java.io.FileReader;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The allowed dependencies between packages; docs/architecture.md lists them. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(Promdisco.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void nothingImportsTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.cli..")
        .check(CLASSES);
  }

  /** The classes are divided into two jars as in {@code pom.xml}. */
  @Test
  void theLibraryNeedsNoClassOfTheProgram() {
    String[] program = {
      "io.promdisco.cli..",
      "io.promdisco.explain..",
      "io.promdisco.offline..",
      "io.promdisco.ruletest..",
      "io.promdisco.server..",
      "io.promdisco.sim..",
      "io.promdisco.allocation..",
      "io.promdisco.allocator..",
      "io.promdisco.monitors..",
    };
    noClasses()
        .that()
        .resideOutsideOfPackages(program)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(program)
        .check(CLASSES);
  }

  @Test
  void packagesOfTheCommandLineDoNotDependOnTheCommands() {
    roomOfTheCommandLineKnowsNot("output", "source", "bench");
    roomOfTheCommandLineKnowsNot("source", "bench");
    roomOfTheCommandLineKnowsNot("bench", "source");
  }

  private static void roomOfTheCommandLineKnowsNot(String room, String... others) {
    String[] packages =
        Stream.concat(
                Stream.of("io.promdisco.cli"),
                Stream.of(others).map(other -> "io.promdisco.cli." + other + ".."))
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.cli." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineTestsRules() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.promdisco.cli..", "io.promdisco.ruletest..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.ruletest..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.ruletest..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.server..")
        .check(CLASSES);
  }

  @Test
  void modelAndUtilDependOnNoOtherPackage() {
    noClasses()
        .that()
        .resideInAnyPackage("io.promdisco.model..", "io.promdisco.util..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.config..",
            "io.promdisco.relabel..",
            "io.promdisco.discovery..",
            "io.promdisco.providers..",
            "io.promdisco.scrape..",
            "io.promdisco.server..",
            "io.promdisco.offline..",
            "io.promdisco.sim..",
            "io.promdisco.workqueue..")
        .check(CLASSES);
  }

  @Test
  void yamlReaderDependsOnNoOtherPackage() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.yaml..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.promdisco..")
                .and(resideOutsideOfPackages("io.promdisco.yaml.."))
                .and(not(equivalentTo(Internal.class))))
        .check(CLASSES);
  }

  @Test
  void allocationIsPureAndTheAllocatorKnowsNoServer() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.allocation..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.promdisco..")
                .and(resideOutsideOfPackages("io.promdisco.allocation.."))
                .and(not(equivalentTo(Internal.class))))
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.promdisco.allocator..", "io.promdisco.server..", "io.promdisco.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.allocator..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.allocator..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.promdisco.server..", "io.promdisco.http..", "io.promdisco.sim..")
        .check(CLASSES);
  }

  @Test
  void relabellingIsPure() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.relabel..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.config..",
            "io.promdisco.discovery..",
            "io.promdisco.providers..",
            "io.promdisco.scrape..",
            "io.promdisco.util..",
            "io.promdisco.metrics..",
            "org.slf4j..")
        .check(CLASSES);
  }

  @Test
  void discoveryAndScrapeMeetOnlyInModelTypes() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.discovery..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.scrape..",
            "io.promdisco.providers..",
            "io.promdisco.relabel..",
            "io.promdisco.server..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.scrape..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.discovery..", "io.promdisco.providers..", "io.promdisco.server..")
        .check(CLASSES);
  }

  @Test
  void providersDependNeitherOnScrapeNorOnServerNorOnEachOther() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.providers..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.scrape..",
            "io.promdisco.server..",
            "io.promdisco.offline..",
            "io.promdisco.sim..")
        .check(CLASSES);
    List<String> sources = List.of("fixed", "file", "http", "dns", "kubernetes");
    for (String source : sources) {
      String[] others =
          sources.stream()
              .filter(other -> !other.equals(source))
              .map(other -> "io.promdisco.providers." + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.promdisco.providers." + source + "..",
              "io.promdisco.providers.refresh..",
              "io.promdisco.providers.document..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(CLASSES);
    }
  }

  @Test
  void onlyDnsDiscoveryImportsDnsjava() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.promdisco.providers.dns..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.xbill..")
        .check(CLASSES);
  }

  @Test
  void explanationsDependOnNoServerNoClientAndNoSimulation() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.explain..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.server..",
            "io.promdisco.offline..",
            "io.promdisco.sim..",
            "io.promdisco.discovery..",
            "io.promdisco.providers.kubernetes.client..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.promdisco.explain..", "io.promdisco.server..", "io.promdisco.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.explain..")
        .check(CLASSES);
  }

  @Test
  void monitorsAreCompiledWithoutInputAndOutput() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.monitors")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.monitors.live..",
            "io.promdisco.discovery..",
            "io.promdisco.providers..",
            "io.promdisco.scrape..",
            "io.promdisco.server..",
            "io.promdisco.explain..",
            "org.slf4j..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.monitors.live..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.providers.kubernetes.client..",
            "io.promdisco.http..",
            "io.promdisco.scrape..",
            "io.promdisco.server..")
        .check(CLASSES);
  }

  @Test
  void dumpsAreReadWithoutTheSimulatedServer() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.promdisco.sim..", "io.promdisco.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.sim..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.promdisco.offline..",
            "io.promdisco.ruletest..",
            "io.promdisco.sim..",
            "io.promdisco.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.offline..")
        .check(CLASSES);
  }

  @Test
  void filesOfUsersAreOpenedInOnePlace() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(UserFiles.class)
        .and()
        .doNotHaveFullyQualifiedName("io.promdisco.cli.bench.ChildJvm") // reads its own files
        .should()
        .callMethodWhere(
            target(owner(assignableTo(Files.class)))
                .and(
                    target(
                        nameMatching(
                            "read(AllBytes|AllLines|String)|new(InputStream|ByteChannel"
                                + "|BufferedReader)|lines"))))
        .orShould()
        .callMethod(FileChannel.class, "open", Path.class, OpenOption[].class)
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(FileInputStream.class, FileReader.class, RandomAccessFile.class)
        .check(CLASSES);
  }

  @Test
  void linesForPeopleArePrintedInOnePlace() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.cli..")
        .and()
        .doNotBelongToAnyOf(
            type("output.Console"), type("output.StructuredPrinter"), type("output.TargetPrinter"))
        .and()
        .doNotBelongToAnyOf(type("DumpCommand"), type("TargetsCommand")) // documents
        .and()
        .doNotBelongToAnyOf(
            type("output.StderrLog"),
            type("source.ProgressLine"),
            type("output.LiveScreen")) // escape first
        .and()
        .doNotBelongToAnyOf(
            type("CompletionCommand"), type("bench.BenchCommand")) // promdisco's own texts
        .should()
        .callMethodWhere(
            target(owner(assignableTo(PrintStream.class)))
                .and(target(nameMatching("print.*|format|append|write"))))
        .check(CLASSES);
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName("io.promdisco.cli." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theLogIsWrittenThroughTheLoggerThatEscapes() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(EscapingLogger.class)
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(LoggerFactory.class)
        .check(CLASSES);
  }

  @Test
  void onlyTheHttpClientImportsItsLibrary() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.promdisco.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.hc..")
        .check(CLASSES);
  }

  @Test
  void onlyTheClientOfApiServersUsesFabric8() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.promdisco.http..", "io.promdisco.providers.kubernetes.client..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .check(CLASSES);
  }

  @Test
  void httpClientDependsOnNoSource() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.http..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.providers..",
            "io.promdisco.discovery..",
            "io.promdisco.scrape..",
            "io.promdisco.server..",
            "io.promdisco.model..")
        .check(CLASSES);
  }

  @Test
  void tlsAndAccessDoNotDependOnTheClientAndTheServer() {
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.http.tls..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.promdisco.http")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.promdisco.server.access..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.promdisco.server", "io.promdisco.http")
        .check(CLASSES);
  }

  @Test
  void rolesAndViewsDependOnNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.promdisco.providers.kubernetes.role..",
            "io.promdisco.providers.kubernetes.object..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.promdisco.providers.kubernetes.watch..",
            "io.promdisco.providers.kubernetes.client..",
            "io.promdisco.discovery..",
            "org.slf4j..")
        .check(CLASSES);
  }

  @Test
  void theLibraryNeedsNoneOfTheOptionalDependencies() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.promdisco.cli..", "io.promdisco.server..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "picocli..",
            "org.eclipse.jetty..",
            "me.tongfei..",
            "io.prometheus.client.hotspot..",
            "org.slf4j.simple..")
        .check(CLASSES);
  }

  @Test
  void decodersAndKubeconfigsDoNotDependOnTheClientOfApiServers() {
    String client = "io.promdisco.providers.kubernetes.client";
    noClasses()
        .that()
        .resideInAnyPackage(client + ".decode..", client + ".kubeconfig..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(client)
        .check(CLASSES);
    slices().matching(client + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void packagesOfTheConfigurationDependOnTheOnesBefore() {
    List<String> rooms =
        Stream.of("", ".yaml", ".table", ".section", ".lint", ".load")
            .map("io.promdisco.config"::concat)
            .toList();
    for (int i = 0; i < rooms.size(); i++) {
      noClasses()
          .that()
          .resideInAPackage(rooms.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(rooms.subList(i + 1, rooms.size()).toArray(String[]::new))
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.promdisco.(*)..").should().beFreeOfCycles().check(CLASSES);
    slices()
        .matching("io.promdisco.providers.kubernetes.(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }
}
