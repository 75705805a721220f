package io.promdisco.cli;

import picocli.CommandLine;

/** Makes the commands, each with the console that it prints on. */
final class Commands implements CommandLine.IFactory {
  private final Console console;

  Commands(Console console) {
    this.console = console;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == TargetsCommand.class) {
      return type.cast(new TargetsCommand(console));
    }
    if (type == CheckCommand.class) {
      return type.cast(new CheckCommand(console));
    }
    if (type == TestCommand.class) {
      return type.cast(new TestCommand(console));
    }
    if (type == ServeCommand.class) {
      return type.cast(new ServeCommand(console));
    }
    if (type == DemoCommand.class) {
      return type.cast(new DemoCommand(console));
    }
    if (type == BenchCommand.class) {
      return type.cast(new BenchCommand(console));
    }
    if (type == CompletionCommand.class) {
      return type.cast(new CompletionCommand(console));
    }
    if (type == ExplainCommand.class) {
      return type.cast(new ExplainCommand(console));
    }
    if (type == DiffCommand.class) {
      return type.cast(new DiffCommand(console));
    }
    if (type == RbacCommand.class) {
      return type.cast(new RbacCommand(console));
    }
    if (type == DumpCommand.class) {
      return type.cast(new DumpCommand(console));
    }
    if (type == WarmUpCommand.class) {
      return type.cast(new WarmUpCommand());
    }
    return CommandLine.defaultFactory().create(type);
  }
}
