using System.CommandLine;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;
using Spectre.Console;

namespace Peft.Declarative.App.Commands;

/// <summary>Describes a model, its trainable parameters, and optionally a data file and this machine.</summary>
internal sealed class InfoCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly DataSource _data = new(required: false);
    private readonly Option<bool> _machine = new("--machine")
    {
        Description = "Measures this machine: the speed of products and of memory, and the threads and the type that runs of this model use.",
    };

    internal InfoCommand(AppModel<TModel> app, AppOutput output)
        : base("info", "Describes the model and its trainable parameters; with --data, also the data and the parts of a row that enter the loss.", app, output)
    {
        _data.AddTo(this);
        Add(_machine);
    }

    protected override int Run(ParseResult arguments)
    {
        using TModel model = LoadModel(arguments);
        (long trainable, long all) = TrainableTable.Count(model);
        DataReport? data = _data.Path(arguments) is null ? null : Report(arguments, model);
        MachineReport? machine = arguments.GetValue(_machine) ? new MachineReport(model, App.Plan) : null;
        if (IsJson(arguments))
        {
            JsonObject json = Json(model, trainable, all, TextEnds.Of(model, LoadTokenizer(arguments)));
            if (data is not null)
            {
                json["data"] = data.Json();
            }

            if (machine is not null)
            {
                json["machine"] = machine.Json();
            }

            Output.Json(json);
            return ExitCode.Success;
        }

        ModelConfig config = model.Config;
        Output.Out.WriteLine($"{App.Name}, {config.ModelType}: {config.LayerCount} layers, hidden {config.HiddenSize}, "
            + $"{config.HeadCount} heads ({config.KeyValueHeadCount} for keys and values), vocabulary {TrainableTable.Text(config.VocabularySize)}, "
            + $"{TrainableTable.Text(config.MaxPositions)} positions, on {model.Device}");
        TextEnds ends = TextEnds.Of(model, LoadTokenizer(arguments));
        Output.Out.WriteLine(ends.StopIds.Count == 0 ? "no token ends a text" : $"texts end at {string.Join(", ", ends.StopIds)}; training teaches {ends.TaughtId}");
        if (data is null && ends.Conflict is { } conflict)   // reading the data told it
        {
            Output.Error.WriteLine(conflict);
        }

        Output.Console.Write(TrainableTable.Of(model, Output.Console.Profile.Width));
        Output.Out.WriteLine(TrainableTable.Totals(model));
        new ProvenanceReport(model).Write(Output);
        machine?.Write(Output);
        data?.Write(Output);
        return ExitCode.Success;
    }

    private DataReport Report(ParseResult arguments, TModel model)
    {
        var tokenizer = LoadTokenizer(arguments);
        return new DataReport(_data.Read(arguments, model, tokenizer, App.Plan.MaxLength, Output), tokenizer, DataSource.Longest(model, App.Plan.MaxLength));
    }

    private JsonObject Json(TModel model, long trainable, long all, TextEnds ends) => new()
    {
        ["class"] = App.Name,
        ["model_type"] = model.Config.ModelType,
        ["layers"] = model.Config.LayerCount,
        ["hidden_size"] = model.Config.HiddenSize,
        ["vocabulary_size"] = model.Config.VocabularySize,
        ["max_positions"] = model.Config.MaxPositions,
        ["device"] = model.Device.ToString(),
        ["stop_ids"] = new JsonArray([.. ends.StopIds.Select(id => (JsonNode)id)]),
        ["taught_id"] = ends.TaughtId,
        ["adapters"] = new JsonArray([.. model.Adapters.Select(adapter => (JsonNode)adapter.Name)]),
        ["trainable_parameters"] = trainable,
        ["parameters"] = all,
        ["provenance"] = new ProvenanceReport(model).Json(),
    };
}
