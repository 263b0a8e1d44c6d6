using System.CommandLine;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.App.Commands;

/// <summary>Merges an adapter into the model and writes a model directory.</summary>
internal sealed class MergeCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly Option<string> _output = AppOptions.Output();
    private readonly Option<bool> _overwrite = AppOptions.Overwrite();

    internal MergeCommand(AppModel<TModel> app, AppOutput output)
        : base("merge", "Merges the adapter into the model and writes a model directory.", app, output)
    {
        Add(_output);
        Add(_overwrite);
        Validators.Add(result =>
        {
            if (!result.Children.Any(child => child is System.CommandLine.Parsing.OptionResult { Option.Name: "--adapter" }))
            {
                result.AddError("--adapter is required: it names the adapter to merge");
            }
        });
    }

    protected override int Run(ParseResult arguments)
    {
        string directory = arguments.GetRequiredValue(_output);
        RefuseToReplace(directory, ModelDirectory(arguments), arguments.GetValue(_overwrite));
        using TModel model = LoadModel(arguments);
        model.Dequantize();   // quantizing to 4 bits would lose what was learned, and every library can load dense weights
        model.Merge();
        model.SaveModel(directory);
        if (IsJson(arguments))
        {
            Output.Json(new JsonObject { ["model"] = directory });
        }
        else
        {
            Output.Out.WriteLine($"model  {directory}");
        }

        return ExitCode.Success;
    }

    // Before the merge, which can take minutes. The base itself is never replaced.
    private static void RefuseToReplace(string output, string model, bool overwrite)
    {
        if (SameDirectory.Are(output, model))
        {
            throw new PeftException(RuleIds.FileNotWritten, $"--output '{output}' is the directory of the base model, which a merge must not replace. Choose another one.");
        }

        if (File.Exists(Path.Combine(output, Checkpoints.AdapterDirectory.ConfigName)))
        {
            throw new PeftException(RuleIds.FileNotWritten,
                $"--output '{output}' contains an adapter, which other programs would load onto the merged model once more. Choose another directory.");
        }

        if (!overwrite && File.Exists(Path.Combine(output, "config.json")))
        {
            throw new PeftException(RuleIds.FileNotWritten, $"--output '{output}' already contains a model. Replace it by --overwrite, or choose another directory.");
        }
    }
}
