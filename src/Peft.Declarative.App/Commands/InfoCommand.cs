using System.CommandLine;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;
using Peft.Declarative.Layers;
using Spectre.Console;

namespace Peft.Declarative.App.Commands;

/// <summary>Says what the model is and what of it is trainable.</summary>
internal sealed class InfoCommand<TModel>(AppModel<TModel> app, AppOutput output)
    : AppCommand<TModel>("info", "Says what the model is and what of it is trainable.", app, output)
    where TModel : CausalLanguageModel
{
    protected override int Run(ParseResult arguments)
    {
        using TModel model = LoadModel(arguments);
        (long trainable, long all) = TrainableTable.Count(model);
        if (IsJson(arguments))
        {
            Output.Json(Json(model, trainable, all));
            return ExitCode.Success;
        }

        ModelConfig config = model.Config;
        Output.Out.WriteLine($"{App.Name}, {config.ModelType}: {config.LayerCount} layers, hidden {config.HiddenSize}, "
            + $"{config.HeadCount} heads ({config.KeyValueHeadCount} for keys and values), vocabulary {TrainableTable.Text(config.VocabularySize)}, "
            + $"{TrainableTable.Text(config.MaxPositions)} positions, on {model.Device}");
        Output.Console.Write(TrainableTable.Of(model));
        Output.Out.WriteLine(TrainableTable.Totals(model));
        return ExitCode.Success;
    }

    private JsonObject Json(TModel model, long trainable, long all) => new()
    {
        ["class"] = App.Name,
        ["model_type"] = model.Config.ModelType,
        ["layers"] = model.Config.LayerCount,
        ["hidden_size"] = model.Config.HiddenSize,
        ["vocabulary_size"] = model.Config.VocabularySize,
        ["max_positions"] = model.Config.MaxPositions,
        ["device"] = model.Device.ToString(),
        ["adapters"] = new JsonArray([.. model.Adapters.Select(adapter => (JsonNode)adapter.Name)]),
        ["trainable_parameters"] = trainable,
        ["parameters"] = all,
    };
}
