using System.Reflection;
using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Data;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Machine;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Tests.Native;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>
/// A step of training allocates hardly more than its tensors: all code that it can reach, over every model, layer, method and optimizer, has no query and no
/// <c>tensor.shape</c>, which makes five objects. Read from the compiled instructions.
/// </summary>
public sealed class StepCodeTests
{
    // What a step of training calls, beside the passes of layers and of autograd functions.
    private static readonly (Type Type, string[] Methods)[] Beginnings =
    [
        (typeof(BatchSampler), ["Of"]),
        (typeof(Batch), [nameof(Batch.Split), nameof(Batch.Dispose)]),
        (typeof(TrainingRun), [nameof(TrainingRun.Backward), nameof(TrainingRun.ClipGradients), nameof(TrainingRun.Step), nameof(TrainingRun.Report)]),
    ];

    // Where the search ends, with the reason. Null for all methods of a type.
    private static readonly (Type Type, string? Method, string Reason)[] Exceptions =
    [
        (typeof(RunGradients), nameof(RunGradients.Check), "Once for each adapter."),
        (typeof(PerTensorOptimizer), "Changed", "Once for each optimizer."),
        (typeof(Adapter), "get_OwnTensors", "Once for each adapter."),
        (typeof(DeviceTables), ".ctor", "Once for each device."),
        (typeof(CodeTable), nameof(CodeTable.ValuesIn), "Once for each type, except float16."),
        (typeof(ThreadTrial), null, "Until the number of threads is chosen."),
        (typeof(RunCheckpointer), null, "Once for each epoch and evaluation, and before an error."),
        (typeof(InputCheck), nameof(InputCheck.Shape), "For an error."),
        (typeof(Dequantizer), "Rent", "A copy of a shape, which is one array."),
        (typeof(DeviceTables), nameof(DeviceTables.Dequantize), "A copy of a shape, which is one array."),
        (typeof(RowCode), nameof(RowCode.Decode), "Rows that are read from a file."),
        (typeof(PretrainedModel), "TrainedLeaves", "A head that is trained is searched for its tensors, through all modules."),
        (typeof(AdapterLayer), "RunOutside", "A layer that is not part of a model."),
        (typeof(CausalLanguageModel), "CheckRows", "Passes of generation."),
        (typeof(AverageComposition), null, "Several adapters after one sublayer."),
        (typeof(BottleneckConfig), "get_IsDouble", "Asks a list whether it contains something, which allocates nothing."),
        (typeof(AdapterSet), nameof(AdapterSet.RequireMixable), "Rows of different adapters."),
        (typeof(AdapterSet), "NamesForTasks", "Rows of different tasks."),
        (typeof(AdapterSet), "TasksOf", "Rows of different tasks."),
        (typeof(PretrainedModel), "get_AveragesRows", "Batches with padding."),
        (typeof(RowRouting), null, "Rows of different adapters."),
        (typeof(RoutedLayer), null, "Rows of different adapters."),
        (typeof(RowsComposition), null, "Rows of different adapters."),
        (typeof(RowOffsets), "OfRows", "Rows of different adapters."),
        (typeof(BlockPrefix), "OfRows", "Rows of different adapters."),
        (typeof(MicroBatch), nameof(MicroBatch.Rows), "Rows of different adapters."),
    ];

    [Fact]
    public void Step_OfAnyModel_CallsNoQuery()
    {
        IReadOnlyList<string> found = Find(Allocates);

        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    [Theory]
    [InlineData(typeof(OptimizerOperators), nameof(OptimizerOperators.Adam))]
    [InlineData(typeof(JointProduct), nameof(JointProduct.Of))]
    [InlineData(typeof(EightBitState), nameof(EightBitState.Read))]
    [InlineData(typeof(AttentionContext), nameof(AttentionContext.WithTensors))]
    public void Step_OfAnyModel_ReachesWhatItCalls(Type type, string method) =>
        Assert.NotEmpty(Find(called => called.DeclaringType == type && called.Name == method));

    private static IReadOnlyList<string> Find(Func<MethodBase, bool> isSought)
    {
        var reached = new ReachedCode([typeof(PretrainedModel).Assembly, typeof(LlamaForCausalLM).Assembly], IsLeftOut);
        return reached.Find(reached.Methods.Where(IsBeginning), isSought);
    }

    private static bool Allocates(MethodBase called) =>
        called.DeclaringType == typeof(Enumerable) || (called.DeclaringType == typeof(Tensor) && called.Name == "get_shape");

    private static bool IsBeginning(MethodBase method) =>
        Beginnings.Any(entry => entry.Type == method.DeclaringType && entry.Methods.Contains(method.Name))
        || method.Name == nameof(ITrainable.SumLoss)
        || (method.Name is "forward" or "backward" && method.DeclaringType is { IsClass: true });

    private static bool IsLeftOut(MethodBase method)
    {
        (Type? type, string name) = ReachedCode.Source(method);
        return Exceptions.Any(entry => entry.Type == type && (entry.Method is null || entry.Method == name))
            || (method is MethodInfo { ReturnType: { } made } && typeof(Exception).IsAssignableFrom(made));
    }
}
