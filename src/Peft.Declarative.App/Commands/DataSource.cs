using System.CommandLine;
using Peft.Declarative.App.Output;

namespace Peft.Declarative.App.Commands;

/// <summary>The options for the data of a command.</summary>
internal sealed class DataSource(bool required = true)
{
    private const int MostNamed = 20;

    private readonly List<string> _told = [];
    private readonly Option<string> _data = AppOptions.Data(required);
    private readonly Option<bool> _skip = new("--skip-bad-lines") { Description = "Skips rows that cannot be used, and reports them." };
    private readonly Option<bool> _chat = new("--prompts-as-chat")
    {
        Description = "Formats 'prompt' and 'completion' as two turns of a conversation with the model's chat template.",
    };

    internal void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_skip);
        command.Add(_chat);
    }

    /// <summary>The path of the data; <see langword="null"/> if the option is not set.</summary>
    internal string? Path(ParseResult arguments) => arguments.GetValue(_data);

    /// <summary>The maximum number of tokens in a row for a model, not counting virtual tokens.</summary>
    internal static int Longest(CausalLanguageModel model, int maxLength) => Math.Min(maxLength, model.Config.MaxPositions - model.LearnedPositions);

    /// <summary>Reads the rows of the <c>--data</c> option and reports skipped rows to the error stream.</summary>
    internal TrainingData Read(ParseResult arguments, CausalLanguageModel model, Tokenizer tokenizer, int maxLength, AppOutput output) =>
        Read(arguments.GetRequiredValue(_data), arguments, model, tokenizer, maxLength, output);

    /// <summary>Reads the rows of another path with the same options.</summary>
    internal TrainingData Read(string path, ParseResult arguments, CausalLanguageModel model, Tokenizer tokenizer, int maxLength, AppOutput output)
    {
        var options = new DataOptions { SkipBadRows = arguments.GetValue(_skip), PromptsAsChat = arguments.GetValue(_chat) };
        TrainingData data = TrainingData.FromFile(path, model, tokenizer, Longest(model, maxLength), options);
        foreach (string warning in data.Warnings.Except(_told))
        {
            output.Error.WriteLine(warning);
            _told.Add(warning);
        }

        TellSkipped(data.Skipped, output);
        return data;
    }

    private static void TellSkipped(SkippedRows skipped, AppOutput output)
    {
        if (skipped.Count == 0)
        {
            return;
        }

        output.Error.WriteLine($"{TrainableTable.Text(skipped.Count)} {(skipped.Count == 1 ? "row was" : "rows were")} skipped:");
        foreach (string row in skipped.First.Take(MostNamed))
        {
            output.Error.WriteLine($"  {row}");
        }

        if (skipped.Count > MostNamed)
        {
            output.Error.WriteLine($"  and {TrainableTable.Text(skipped.Count - MostNamed)} more");
        }
    }
}
