using System.Text.Json;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Text.Templates.Syntax;
using Peft.Declarative.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Tests.Training.Optimizers;

public sealed class OptimizerTests
{
    public static TheoryData<string> Cases => ScheduleData.CaseNames("optimisers.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_TwentyTimes_FollowsReference(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement item = ScheduleData.Case("optimisers.json", name);
        Dictionary<string, Tensor> reference = ScheduleData.Tensors("optimisers.safetensors");
        (string Name, Parameter Value)[] parameters = [.. Start(reference)];
        using Optimizer optimizer = OptimizerCase.Make(item, parameters);
        int[] recorded = [.. item.GetProperty("recorded_after_steps").EnumerateArray().Select(step => step.GetInt32())];

        for (int step = 0; step < recorded[^1]; step++)
        {
            SetGradients(parameters, reference, step);
            optimizer.Step(OptimizerCase.Rate(item, step));
            if (recorded.Contains(step + 1))
            {
                Compare(step + 1);
            }
        }

        void Compare(int done)
        {
            foreach ((string parameter, Parameter value) in parameters)
            {
                Tensor expected = reference[$"{name}.after.{done}.{parameter}"];
                if (done == recorded[^1] || !IsLast(expected, parameter))
                {
                    ScheduleData.AssertClose(expected, value, 2e-6, 1e-5, $"{parameter} after {done} steps");
                }
            }
        }

        // In one published set the earlier snapshots were taken by reference and all hold the last values.
        bool IsLast(Tensor expected, string parameter) => expected.eq(reference[$"{name}.after.{recorded[^1]}.{parameter}"]).all().item<bool>();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void LoadState_IntoNewOptimizer_ContinuesExactly(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement item = ScheduleData.Case("optimisers.json", name);
        Dictionary<string, Tensor> reference = ScheduleData.Tensors("optimisers.safetensors");
        (string Name, Parameter Value)[] straight = [.. Start(reference)];
        (string Name, Parameter Value)[] resumed = [.. Start(reference)];
        using Optimizer first = OptimizerCase.Make(item, straight);
        using Optimizer second = OptimizerCase.Make(item, resumed);
        Run(first, straight, 0, 4);

        second.LoadState(first.State);
        using (no_grad())
        {
            for (int i = 0; i < straight.Length; i++)
            {
                resumed[i].Value.copy_(straight[i].Value);
            }
        }

        Run(first, straight, 4, 8);
        Run(second, resumed, 4, 8);

        Assert.All(straight.Zip(resumed), pair => Assert.True(pair.First.Value.eq(pair.Second.Value).all().item<bool>(), pair.First.Name));

        void Run(Optimizer optimizer, (string Name, Parameter Value)[] parameters, int from, int to)
        {
            for (int step = from; step < to; step++)
            {
                SetGradients(parameters, reference, step);
                optimizer.Step(OptimizerCase.Rate(item, step));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_OfParametersInOneBuffer_IsThatOfEachAlone(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement item = ScheduleData.Case("optimisers.json", name);
        Dictionary<string, Tensor> reference = ScheduleData.Tensors("optimisers.safetensors");
        (string Name, Parameter Value)[] alone = [.. Start(reference)];
        using FlatParameters together = FlatParameters.Move([.. Start(reference)]);
        using Optimizer expected = OptimizerCase.Make(item, alone);
        using Optimizer actual = OptimizerCase.Make(item, together);

        // Parameters without a gradient miss a step: their numbers of steps are no longer the same.
        for (int step = 0; step < 7; step++)
        {
            foreach ((string Name, Parameter Value)[] set in new[] { alone, [.. together] })
            {
                SetGradients(set, reference, step);
                set.Where((_, i) => (step + i) % 3 == 1).ToList().ForEach(parameter => parameter.Value.grad = null);
            }

            expected.Step(OptimizerCase.Rate(item, step));
            actual.Step(OptimizerCase.Rate(item, step));
        }

        Assert.All(alone.Zip(together), pair => Close.To(pair.First.Value, pair.Second.Value.detach(), 1e-6, pair.First.Name));
        Assert.Equal(expected.State.Keys, actual.State.Keys);
        Assert.All(expected.State, state => Close.To(state.Value, actual.State[state.Key], 1e-6, state.Key));
        Assert.All(expected.State, state => Assert.Equal(state.Value.dtype, actual.State[state.Key].dtype));
    }

    [Fact]
    public void Step_OfAParameterWithoutGradient_LeavesItAndItsState()
    {
        using DisposeScope scope = NewDisposeScope();
        using FlatParameters parameters = FlatParameters.Move([.. "abc".Select(name => ($"{name}", new Parameter(ones(3))))]);
        using var optimizer = new AdamW(parameters, weightDecay: 0.5);
        parameters[0].Value.grad = ones(3);
        parameters[2].Value.grad = ones(3);

        optimizer.Step(0.1);

        Assert.Equal([1f, 0f, 1f], "abc".Select(name => optimizer.State[$"step.{name}"].item<float>()));
        Assert.Equal([false, true, false], parameters.Select(parameter => parameter.Value.eq(1).all().item<bool>()));
        Assert.Equal(0, optimizer.State["exp_avg.b"].count_nonzero().item<long>());
    }

    [Fact]
    public void LoadState_OfOtherParameters_ListsEveryProblem()
    {
        using DisposeScope scope = NewDisposeScope();
        using var optimizer = new AdamW([("a", new Parameter(ones(2)))]);
        using var other = new AdamW([("a", new Parameter(ones(3))), ("b", new Parameter(ones(2)))]);

        PeftException error = Assert.Throws<PeftException>(() => optimizer.LoadState(other.State));

        Assert.Equal("PEFT407", error.Id);
        Assert.Contains("'exp_avg.b' is unknown", error.Message, StringComparison.Ordinal);
        Assert.Contains("'exp_avg.a' has shape [3], not [2]", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, Parameter Value)> Start(Dictionary<string, Tensor> reference) =>
        from pair in reference
        where pair.Key.StartsWith("param.", StringComparison.Ordinal)
        select (pair.Key["param.".Length..], new Parameter(pair.Value.clone()));

    private static void SetGradients((string Name, Parameter Value)[] parameters, Dictionary<string, Tensor> reference, int step)
    {
        foreach ((string name, Parameter value) in parameters)
        {
            value.grad = reference[$"grad.{step}.{name}"].clone();
        }
    }
}
