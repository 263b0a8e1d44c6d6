using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Tests.Training.Optimizers;

/// <summary>Steps that a number leaves out: read from host memory, or decided on the device, which a CPU does here as a GPU would.</summary>
public sealed class SkippedStepTests : IDisposable
{
    private const string EightBit = "8 bits";
    private const string Paged = "8 bits, paged";

    // What counts steps is in host memory, and counts those that were left out.
    private static readonly string[] Counts = ["step.", "mu_product."];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string name in OptimizerCase.Names.Append(EightBit).Append(Paged))
            {
                data.Add(name, true);
                data.Add(name, false);
            }

            return data;
        }
    }

    public void Dispose() => SkippedStep.ReadsHostMemory = true;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_WithSkipOfOne_ChangesNoParameterAndNoState(string name, bool onHost)
    {
        using DisposeScope scope = NewDisposeScope();
        SkippedStep.ReadsHostMemory = onHost;
        (Optimizer optimizer, Parameter[] parameters) = Make(name);
        using Optimizer own = optimizer;
        Step(optimizer, parameters, 0, skip: null);
        Tensor[] values = Array.ConvertAll(parameters, parameter => parameter.detach().clone());
        Dictionary<string, Tensor> states = optimizer.State.ToDictionary(state => state.Key, state => state.Value.clone());

        SetGradients(parameters, 1);
        parameters[0].grad!.fill_(float.NaN);
        optimizer.Step(0.1, skip: tensor(1.0f));

        for (int i = 0; i < values.Length; i++)
        {
            Close.Bits(values[i], parameters[i], $"parameter {i}");
        }

        // libtorch's fused kernels count with the averages.
        Assert.All(states.Where(state => !Counts.Any(count => state.Key.StartsWith(count, StringComparison.Ordinal))),
            state => Close.Bits(state.Value, optimizer.State[state.Key], state.Key));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_WithSkipOfZero_IsAStep(string name, bool onHost)
    {
        using DisposeScope scope = NewDisposeScope();
        SkippedStep.ReadsHostMemory = onHost;
        (Optimizer expected, Parameter[] wanted) = Make(name);
        (Optimizer actual, Parameter[] found) = Make(name);
        using (expected)
        using (actual)
        {
            for (int step = 0; step < 3; step++)
            {
                Step(expected, wanted, step, skip: null);
                Step(actual, found, step, skip: tensor(0.0f));
            }

            for (int i = 0; i < wanted.Length; i++)
            {
                Close.Bits(wanted[i].detach(), found[i], $"parameter {i}");
            }

            Assert.All(expected.State, state => Close.Bits(state.Value, actual.State[state.Key], state.Key));
        }
    }

    private static (Optimizer Optimizer, Parameter[] Parameters) Make(string name)
    {
        Parameter[] parameters = [new Parameter(ones(70, 70)), new Parameter(ones(5))];
        (string, Parameter)[] named = [.. parameters.Select((parameter, i) => ($"p{i}", parameter))];
        Optimizer optimizer = name switch
        {
            EightBit => OptimizerCatalog.Make(OptimizerType.AdamW8Bit, named, weightDecay: 0.01),
            Paged => OptimizerCatalog.Make(OptimizerType.PagedAdamW8Bit, named, weightDecay: 0.01),
            _ => OptimizerCase.Make(ScheduleData.Case("optimisers.json", name), named),
        };
        return (optimizer, parameters);
    }

    private static void Step(Optimizer optimizer, Parameter[] parameters, int step, Tensor? skip)
    {
        SetGradients(parameters, step);
        optimizer.Step(0.1, skip);
    }

    private static void SetGradients(Parameter[] parameters, int step)
    {
        random.manual_seed(step).Dispose();
        foreach (Parameter parameter in parameters)
        {
            parameter.grad = randn(parameter.shape);
        }
    }
}
