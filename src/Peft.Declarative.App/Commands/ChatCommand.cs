using System.CommandLine;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;

namespace Peft.Declarative.App.Commands;

/// <summary>Answers each input line until the input ends.</summary>
internal sealed class ChatCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly SamplingOptions _sampling = new();

    internal ChatCommand(AppModel<TModel> app, AppOutput output)
        : base("chat", "Answers each input line. An empty line begins a new conversation; the end of input exits.", app, output) => _sampling.AddTo(this);

    protected override int Run(ParseResult arguments)
    {
        using TModel model = LoadModel(arguments);
        var tokenizer = LoadTokenizer(arguments);
        var generator = new TextGenerator(model, tokenizer);
        GenerationOptions options = _sampling.Apply(generator.Defaults, arguments, Seed(arguments));
        var form = PromptForm.Of(model);
        var conversation = new Conversation(tokenizer, form);
        form.CheckChat(conversation.HasTemplate, Output);
        using var cancellation = new Cancellation();

        while (NextLine() is { } line)
        {
            if (line.Length == 0)
            {
                conversation.Clear();
                continue;
            }

            string answer = "";
            generator.Stream(conversation.Ask(line), piece => answer += Show(piece, IsJson(arguments)), options, cancellation.Token);
            conversation.Answered(answer);
            EndAnswer(line, answer, IsJson(arguments));
        }

        return ExitCode.Success;
    }

    private string? NextLine()
    {
        if (Output.IsLive)
        {
            Output.Out.Write("> ");
        }

        return Output.In.ReadLine()?.Trim();
    }

    private string Show(string piece, bool json)
    {
        if (!json)
        {
            Output.Out.Write(piece);
            Output.Out.Flush();
        }

        return piece;
    }

    private void EndAnswer(string line, string answer, bool json)
    {
        if (json)
        {
            Output.Json(new JsonObject { ["prompt"] = line, ["text"] = answer });
        }
        else
        {
            Output.Out.WriteLine();
        }
    }
}
