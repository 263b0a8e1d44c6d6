using Peft.Declarative.BaseModels;
using Peft.Declarative.Data;
using Peft.Declarative.Models;
using Peft.Declarative.Slots.Rows;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>The tasks that rows of a batch name, on the way to the adapters.</summary>
public sealed class TaskIdsTests
{
    [Fact]
    public void Logits_OfATaskForAnAdapterWithoutTasks_AreRefused()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(model, new LoraConfig { Rank = 2 }, "captain");
        using Tensor ids = TinyModels.Ids();

        foreach (ModelInput input in new[] { new ModelInput(ids) { TaskIds = [null, 1] }, new ModelInput(ids) { Adapters = [null, "captain"], TaskIds = [null, 1] } })
        {
            PeftException error = Assert.Throws<PeftException>(() => model.Logits(input));

            Assert.Equal("PEFT514", error.Id);
            Assert.Contains("row 1 has the task 1, but its adapter 'captain' has no tasks", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Logits_OfTasksWithoutAdapters_AreThoseOfTheBase()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids();

        Close.Bits(model.Logits(new ModelInput(ids)), model.Logits(new ModelInput(ids) { TaskIds = [0, 7] }), "logits");
    }

    [Fact]
    public void Logits_OfTasksAndSeveralActiveAdapters_AskForNames()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(model, new LoraConfig { Rank = 2 }, "captain");
        Invariants.Attach(model, new LoraConfig { Rank = 2 }, "pip");
        model.Adapters.Activate("captain", "pip");
        using Tensor ids = TinyModels.Ids();

        PeftException error = Assert.Throws<PeftException>(() => model.Logits(new ModelInput(ids) { TaskIds = [0, 0] }));

        Assert.Contains("'captain' and 'pip' are active", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_OfAnotherNumberOfTasks_SayBoth()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Invariants.Attach(model, new LoraConfig { Rank = 2 }, "captain");
        using Tensor ids = TinyModels.Ids();

        PeftException error = Assert.Throws<PeftException>(() => model.Logits(new ModelInput(ids) { TaskIds = [0] }));

        Assert.Contains("TaskIds has 1 entries, but the batch has 2 rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Routing_OfTasks_HasASegmentForEachAndFollowsItsRows()
    {
        using var routing = new RowRouting(["a", "a", "b", "a"], CPU, tasks: [0, 1, null, 0]);
        (string?, int?, int)[] expected = [("a", 0, 2), ("a", 1, 1), ("b", null, 1)];
        Assert.Equal(expected, routing.Segments.Select(segment => (segment.Adapter, segment.Task, segment.Rows.Count)));

        using RowRouting selected = routing.Selected([1, 1, 0, 3]);
        int?[] tasks = [1, 1, 0, 0];
        Assert.Equal<int?>(tasks, selected.Tasks!);
        Assert.Same(selected, selected.Selected([1, 0, 3, 2]));

        var state = new RoutingState();
        using RoutingPass pass = state.Enter(selected.Only(selected.Segments[0]));
        Assert.Equal(1, state.Task);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batch_OfRowsWithTasks_NamesThatOfEachRow(bool packing)
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        TrainingRow Row(int length, int task) => TrainingRow.OfText([.. Enumerable.Repeat(5 + task, length)]) with { Task = task };
        using var batch = Batch.Of([Row(3, 0), Row(4, 2), Row(2, 0)], maxLength: 8, model, packing);
        using DisposeScope scope = NewDisposeScope();

        MicroBatch whole = batch.Whole;

        int?[] expected = packing ? [0, 2] : [2, 0, 0];
        Assert.Equal<int?>(expected, whole.TaskIds!);
        Assert.Equal(expected.Select(task => 5L + task!.Value), whole.InputIds.select(1, 0).data<long>());
    }
}
