using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Native.Panels;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Training;

/// <summary>
/// Managed memory of a warm step. Most of it is TorchSharp's: an object for each tensor, number and dispose scope, and the node, lists and arrays of each call of an
/// autograd function. The bounds are hardly above what was measured, so a query, a closure or <c>tensor.shape</c> where there is none exceeds them. Tests run
/// unoptimized code, which allocates the same each time, or less where .NET has optimized a loop in the meantime; a new TorchSharp or .NET may change the numbers.
/// </summary>
public sealed class StepAllocationTests : IDisposable
{
    private const int Time = 16;
    private const int Repetitions = 60;

    public static TheoryData<string, long, bool> Functions
    {
        get
        {
            var cases = new TheoryData<string, long, bool>();
            foreach (bool panels in (bool[])[false, true])
            {
                cases.Add("RMS norm", 4_050, panels);
                cases.Add("gated activation", 4_160, panels);
                cases.Add("rotation of queries and keys", 5_420, panels);
                cases.Add("one frozen layer", 400, panels);
                cases.Add("three frozen layers", 7_330, panels);
                cases.Add("three layers with LoRA", 14_500, panels);
                cases.Add("one layer with LoRA", 7_620, panels);
            }

            return cases;
        }
    }

    public void Dispose() => PanelSpeed.IsAssumed = null;

    [Theory]
    [MemberData(nameof(Functions))]
    public void Function_ForwardAndBackward_AllocatesLittleBesideTorchSharp(string function, long most, bool panels)
    {
        PanelSpeed.IsAssumed = panels;
        Func<Tensor> compute = Make(function);

        long bytes = Bytes(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            compute().backward();
        });

        Assert.InRange(bytes, 1, most);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_OfLora_AllocatesLittleBesideTorchSharp(bool panels)
    {
        PanelSpeed.IsAssumed = panels;

        long two = BytesOfStep(2);
        long four = BytesOfStep(4);

        Assert.InRange((four - two) / 2, 1, 58_200);   // of a layer, with seven adapted ones
        Assert.InRange(two - (four - two), 1, 25_800);   // of loss, clipping, optimizer and report
    }

    [Fact]
    public void Batch_OfTexts_AllocatesLessThanItsNumbers()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        TrainingRow[] rows = Rows(8, 128);

        long bytes = Bytes(() => Batch.Of(rows, 128, model).Dispose());

        Assert.InRange(bytes, 1, 6_665);   // its two planes take 16 KiB
    }

    private static Func<Tensor> Make(string function)
    {
        random.manual_seed(1).Dispose();
        Tensor input = randn(2, Time, 32).requires_grad_();
        Tensor other = randn(2, Time, 32).requires_grad_();
        switch (function)
        {
            case "RMS norm":
                var norm = new RmsNorm(32, 1e-5) { weight = new Parameter(ones(32), requires_grad: false) };
                return () => norm.call(input).sum();
            case "gated activation":
                return () => GatedActivation.Of(Activation.Swish, input, other).sum();
            case "rotation of queries and keys":
                (Tensor cosine, Tensor sine) = TinyModels.LlamaConfig.Rotary.At(arange(Time).unsqueeze(0), ScalarType.Float32);
                return () =>
                {
                    (Tensor queries, Tensor keys) = RotaryEmbedding.RotateHeads(input, 4, other, 4, cosine, sine);
                    return queries.sum() + keys.sum();
                };
            default:
                LlamaForCausalLM model = TinyModels.Llama();
                if (function.EndsWith("LoRA", StringComparison.Ordinal))
                {
                    model.Adapters.Attach(new Adapter("default", new LoraConfig { Rank = 3, Targets = ["all-linear"] }));
                }

                model.train();
                LlamaAttention attention = model.model.layers[0].self_attn;
                return function.StartsWith("one", StringComparison.Ordinal)
                    ? () => attention.o_proj.call(input).sum()
                    : () =>
                    {
                        Tensor[] outputs = SharedInput.Call(input, attention.q_proj, attention.k_proj, attention.v_proj);
                        return outputs[0].sum() + outputs[1].sum() + outputs[2].sum();
                    };
        }
    }

    private static long BytesOfStep(int layers)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { LayerCount = layers }, seed: 1);
        model.Adapters.Attach(new Adapter("default", new LoraConfig { Rank = 3, Targets = ["all-linear"] }));
        var plan = new TrainingPlan { BatchSize = 2, MaxLength = Time, Epochs = 100, EvaluateEvery = 0, Schedule = Schedule.Constant };
        using TrainingRun run = TrainingRun.Start(model, plan, TrainingData.FromRows(Rows(2, Time)));
        using IEnumerator<Batch> batches = run.Batches().GetEnumerator();
        return Bytes(() =>
        {
            batches.MoveNext();
            using DisposeScope step = NewDisposeScope();
            run.Backward(model.SumLoss(batches.Current.Split(1)[0]) / batches.Current.LabelCount);
            run.ClipGradients(maxNorm: 1.0);
            run.Step();
            run.Report();
        });
    }

    private static TrainingRow[] Rows(int count, int time) =>
        [.. Enumerable.Range(0, count).Select(row => TrainingRow.OfText([.. Enumerable.Range(0, time).Select(i => 3 + ((row + i) % 40))]))];

    // The least of several: an event of the runtime on this thread adds to one of them.
    private static long Bytes(Action work)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Repetitions; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
