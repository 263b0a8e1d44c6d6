using System.CommandLine;
using Peft.Declarative.App.Commands;
using Peft.Declarative.App.Output;

namespace Peft.Declarative.App;

/// <summary>The console program of a class with <see cref="PeftAppAttribute"/>: train, eval, generate, chat, merge, info, and serve where the package for it is there.</summary>
public static class PeftConsole
{
    /// <summary>Parses the arguments and runs the command.</summary>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="model">The model class of the program.</param>
    /// <returns>0 on success, 1 if the run failed or was cancelled, 2 if the arguments are not valid.</returns>
    public static int Run<TModel>(string[] args, AppModel<TModel> model)
        where TModel : CausalLanguageModel => Run(args, model, new AppOutput(Console.Out, Console.Error, Console.In, !Console.IsOutputRedirected));

    internal static int Run<TModel>(string[] args, AppModel<TModel> model, AppOutput output)
        where TModel : CausalLanguageModel
    {
        if (args.Length == 0 && model.Default is { } ownAction)
        {
            return Failure.Guard(output, ownAction);
        }

        RootCommand root = Root(model, output);
        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            string problems = string.Join(" ", parsed.Errors.Select(error => error.Message.TrimEnd('.') + ".").Distinct());
            output.Error.WriteLine($"{problems} See --help.");
            return ExitCode.BadArguments;
        }

        return parsed.Invoke(new InvocationConfiguration { Output = output.Out, Error = output.Error, EnableDefaultExceptionHandler = false });
    }

    private static string Introduction(string name) => $"""
        {name}: trains its adapters and talks with them.

        A first run, on a model directory of the Hugging Face hub and a file of texts:
          train --model DIR --data FILE --output RUN    Ctrl-C stops it and saves; --resume goes on
          eval  --model DIR --data FILE --adapter RUN   the loss, to compare with that without --adapter
          chat  --model DIR --adapter RUN
        """;

    private static RootCommand Root<TModel>(AppModel<TModel> model, AppOutput output)
        where TModel : CausalLanguageModel
    {
        var root = new RootCommand(Introduction(model.Name))
        {
            new TrainCommand<TModel>(model, output),
            new EvalCommand<TModel>(model, output),
            new GenerateCommand<TModel>(model, output),
            new ChatCommand<TModel>(model, output),
            new MergeCommand<TModel>(model, output),
            new InfoCommand<TModel>(model, output),
        };
        if (model.Serve is { } serve)
        {
            root.Add(new ServeCommand(serve, output));
        }

        return root;
    }
}
