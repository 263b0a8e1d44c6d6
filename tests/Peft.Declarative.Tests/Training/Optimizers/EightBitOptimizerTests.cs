using System.Text.Json;
using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Tests.Training.Optimizers;

/// <summary>Optimisers with states of 8 bits: codes exactly, parameters within the noise that the reference measured.</summary>
public sealed class EightBitOptimizerTests
{
    private const string File = "optimisers_8bit";

    public static TheoryData<string> Cases => ScheduleData.Has(File + ".json") ? ScheduleData.CaseNames(File + ".json") : [""];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Step_OfEveryCase_FollowsReference(string name)
    {
        Skip.If(name.Length == 0, $"This set of schedules has no '{File}'.");

        using DisposeScope scope = NewDisposeScope();
        JsonElement item = ScheduleData.Case(File + ".json", name);
        Dictionary<string, Tensor> reference = ScheduleData.Tensors(File + ".safetensors");
        using var value = new Parameter(reference["param"].clone());
        using Optimizer optimizer = Make(item, [("p", value)], fewestElements: 0);
        int steps = ScheduleData.Read(File + ".json").GetProperty("steps").GetInt32();

        for (int step = 0; step < steps; step++)
        {
            value.grad = reference[$"grad.{step}"].clone();
            optimizer.Step(item.GetProperty("parameters").Number("lr", 0));
            string after = $"after.{step + 1}.";
            foreach (string part in new[] { "param", "state1", "state2", "absmax1", "absmax2" }.Where(part => reference.ContainsKey($"{name}.{after}{part}")))
            {
                Compare(part, reference[$"{name}.{after}{part}"], part == "param" ? value : optimizer.State[$"{part}.p"]);
            }

            void Compare(string part, Tensor expected, Tensor actual)
            {
                // Scales are plain numbers, and as exact as the parameters.
                double noise = item.GetProperty("one_ulp_noise_changes").Number(after + part, 2.4e-7);
                Close.To(expected, actual, part.StartsWith("state", StringComparison.Ordinal) ? 0 : 10 * noise, after + part);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void LoadState_IntoNewOptimizer_ContinuesExactly(string name)
    {
        Skip.If(name.Length == 0, $"This set of schedules has no '{File}'.");
        using DisposeScope scope = NewDisposeScope();

        JsonElement item = ScheduleData.Case(File + ".json", name);
        using var straight = new Parameter(ones(20, 33));
        using var resumed = new Parameter(ones(20, 33));
        using Optimizer first = Make(item, [("p", straight)], fewestElements: 0);
        using Optimizer second = Make(item, [("p", resumed)], fewestElements: 0);
        Run(first, straight, 0, 4);
        second.LoadState(first.State);
        using (no_grad())
        {
            resumed.copy_(straight);
        }

        Run(first, straight, 4, 8);
        Run(second, resumed, 4, 8);

        Close.Bits(straight, resumed, "parameter");
    }

    [Fact]
    public void Step_OfASmallParameter_KeepsItsStateInFloat32()
    {
        using DisposeScope scope = NewDisposeScope();
        using var small = new Parameter(ones(10));
        using var same = new Parameter(ones(10));
        using var bytes = new AdamW8Bit([("p", small)]);
        using var full = new AdamW([("p", same)]);

        Run(bytes, small, 0, 5);
        Run(full, same, 0, 5);

        Assert.Equal(ScalarType.Float32, bytes.State["state1.p"].dtype);
        Close.To(same, small, 1e-6, "parameter");
    }

    [Fact]
    public void Quantize_ByTensorOperations_EqualsTheKernel()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(4);
        Tensor numbers = randn(1000).mul_(randn(1000));
        numbers.narrow(0, 256, 256).zero_();
        foreach (CodeTable table in new[] { CodeTable.SignedDynamic, CodeTable.UnsignedDynamic })
        {
            Tensor codes = zeros(1000, dtype: ScalarType.Byte);
            Tensor scales = zeros(4);
            var kernel = new EightBitState(table, zeros(1000, dtype: ScalarType.Byte), zeros(4), default);

            kernel.Write(numbers);
            EightBitTensors.Quantize(table, numbers, codes, scales, EightBitState.BlockSize);

            Close.Bits(kernel.Read(CPU), EightBitTensors.Dequantize(table, codes, scales, EightBitState.BlockSize), "numbers");
        }
    }

    private static Optimizer Make(JsonElement item, IReadOnlyList<(string Name, Parameter Value)> parameters, long fewestElements)
    {
        JsonElement given = item.GetProperty("parameters");
        double beta1 = given.GetProperty("betas")[0].GetDouble();
        double beta2 = given.GetProperty("betas")[1].GetDouble();
        double decay = given.Number("weight_decay", 0);
        return item.GetProperty("optimiser").GetString() switch
        {
            "adam" => new AdamW8Bit(parameters, decay, beta1, beta2, given.Number("eps", 1e-8), fewestElements),
            "lion" => new Lion8Bit(parameters, beta1, beta2, decay, fewestElements),
            "momentum" => new Momentum8Bit(parameters, beta1, decay, fewestElements),
            string other => throw new NotSupportedException($"The reference has an optimiser '{other}' of 8 bits that we do not."),
            null => throw new JsonException("A case has no optimiser."),
        };
    }

    private static void Run(Optimizer optimizer, Parameter value, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            random.manual_seed(step);
            value.grad = randn_like(value.detach());
            optimizer.Step(0.01);
        }
    }
}
