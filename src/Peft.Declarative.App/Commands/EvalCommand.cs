using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.App.Output;
using Peft.Declarative.Training;

namespace Peft.Declarative.App.Commands;

/// <summary>Computes the loss on a data file.</summary>
internal sealed class EvalCommand<TModel> : AppCommand<TModel>
    where TModel : CausalLanguageModel
{
    private readonly DataSource _data = new();

    internal EvalCommand(AppModel<TModel> app, AppOutput output)
        : base("eval", "Computes the loss on a data file.", app, output) => _data.AddTo(this);

    protected override int Run(ParseResult arguments)
    {
        using TModel model = LoadModel(arguments);
        TrainingData data = _data.Read(arguments, model, LoadTokenizer(arguments), App.Plan.MaxLength, Output);
        using var cancellation = new Cancellation();
        double loss = Evaluation.MeanLoss(
            model, data.Rows, App.Plan.BatchSize, model.Config.MaxPositions, cancellation: cancellation.Token)
            ?? throw new OperationCanceledException();

        if (IsJson(arguments))
        {
            Output.Json(new JsonObject { ["loss"] = loss, ["perplexity"] = Math.Exp(loss), ["rows"] = data.Rows.Count, ["skipped_rows"] = data.Skipped.Count });
        }
        else
        {
            Output.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"loss {loss:F4}   perplexity {Math.Exp(loss):F2}   {data.Rows.Count:N0} rows"));
        }

        return ExitCode.Success;
    }
}
