using System.CommandLine;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;

namespace Peft.Declarative.App.Commands;

/// <summary>Continues a prompt and prints only the generated text.</summary>
internal sealed class GenerateCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly Option<string> _prompt = new("--prompt") { HelpName = "TEXT", Description = "The prompt.", Required = true, Arity = ArgumentArity.ExactlyOne };
    private readonly SamplingOptions _sampling = new();

    internal GenerateCommand(AppModel<TModel> app, AppOutput output)
        : base("generate", "Continues a prompt and prints the text.", app, output)
    {
        Add(_prompt);
        _sampling.AddTo(this);
    }

    protected override int Run(ParseResult arguments)
    {
        using TModel model = LoadModel(arguments);
        Tokenizer tokenizer = LoadTokenizer(arguments);
        var generator = new TextGenerator(model, tokenizer);
        GenerationOptions options = _sampling.Apply(generator.Defaults, arguments, Seed(arguments));
        string prompt = arguments.GetRequiredValue(_prompt);
        PromptForm.Of(model).Check(prompt, Output);
        using var cancellation = new Cancellation();

        if (IsJson(arguments))
        {
            string text = generator.Complete(prompt, options, cancellation.Token);
            Output.Json(new JsonObject { ["prompt"] = prompt, ["text"] = text });
            return ExitCode.Success;
        }

        generator.Stream(prompt, Show, options, cancellation.Token);
        Output.Out.WriteLine();
        return ExitCode.Success;
    }

    private void Show(string piece)
    {
        Output.Out.Write(piece);
        Output.Out.Flush();
    }
}
