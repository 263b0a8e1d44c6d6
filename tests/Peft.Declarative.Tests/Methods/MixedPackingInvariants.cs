using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Training;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>Texts of several adapters in packed rows, for every method: the gradients of padded rows, or a refusal before the run.</summary>
public sealed class MixedPackingInvariants
{
    // They put tokens before the text, or average all tokens of a row.
    private static readonly string[] Refused =
    [
        "prompt tuning", "multitask prompt tuning", "p-tuning, perceptron", "p-tuning, lstm", "prefix tuning", "prefix tuning, projection", "prefix tuning, beside", "prefix tuning, gated",
        "mix and match", "unipelt", "bottleneck with everything",
    ];

    private static readonly string[] Names = ["default", "low rank"];

    public static TheoryData<string> Methods =>
        [.. MethodSamples.All.Where(sample => sample.Families.Contains("llama") && !sample.OverridesBaseIn.Contains("llama")).Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Packing_OfMixedRows_IsRefusedOrGivesTheGradientsOfPaddedRows(string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("llama");
        Invariants.Perturb(Invariants.Attach(model, method));
        Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 3 }, "low rank"));
        model.Adapters.Activate(Names);
        TrainingRow[] rows = [.. TrainingLoop.Rows(8).Select((row, i) => row with { Adapter = Names[i % 2] })];

        if (Refused.Contains(method))
        {
            PeftException error = Assert.Throws<PeftException>(
                () => TrainingRun.Start(model, new TrainingPlan { Packing = true }, TrainingData.FromRows(rows)).Dispose());
            Assert.Equal("PEFT310", error.Id);
            return;
        }

        using Batch padded = Batch.Of(rows, 64, model);
        using Batch packed = Batch.Of(rows, 64, model, packing: true);
        using var textByText = new TextByText();   // PackingTests run with masks
        Dictionary<string, Tensor> expected = Gradients(model, padded);
        Dictionary<string, Tensor> actual = Gradients(model, packed);

        Assert.Null(model.PackingObstacle);
        Assert.True(packed.Count < padded.Count);
        foreach ((string name, Tensor gradient) in expected)
        {
            Close.UpToRounding(gradient, actual[name], name);
        }
    }

    private static Dictionary<string, Tensor> Gradients(PretrainedModel model, Batch batch)
    {
        (model.SumLoss(batch.Split(1)[0]) / batch.LabelCount).backward();
        return model.TrainableParameters.ToDictionary(parameter => parameter.Name, parameter =>
        {
            Tensor gradient = parameter.Value.grad?.clone() ?? zeros_like(parameter.Value);
            parameter.Value.grad = null;
            return gradient;
        });
    }
}
