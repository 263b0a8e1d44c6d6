using System.CommandLine;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;

namespace Peft.Declarative.App.Commands;

/// <summary>Folds an adapter into the model and writes the result as a model of its own.</summary>
internal sealed class MergeCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly Option<string> _output = AppOptions.Output();

    internal MergeCommand(AppModel<TModel> app, AppOutput output)
        : base("merge", "Folds the adapter into the model and writes a model directory.", app, output)
    {
        Add(_output);
        Validators.Add(result =>
        {
            if (!result.Children.Any(child => child is System.CommandLine.Parsing.OptionResult { Option.Name: "--adapter" }))
            {
                result.AddError("--adapter is required: without one there is nothing to merge");
            }
        });
    }

    protected override int Run(ParseResult arguments)
    {
        string directory = arguments.GetRequiredValue(_output);
        using TModel model = LoadModel(arguments);
        model.Dequantize();   // a base in 4 bits has no room for what was learnt, and what is written should load anywhere
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
}
