using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>What a part sees of the batch while its own rows are computed.</summary>
public sealed class RoutedLayerTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public void Part_OfRowsOfATask_SeesThatTask_AndOthersTheBatch(int? task)
    {
        using DisposeScope scope = NewDisposeScope();
        var state = new RoutingState();
        using var part = new Witness(new Linear(4, 4, hasBias: false), state);
        part.BeInPlace(state);
        using var batch = new RowRouting(["captain", null], CPU, tasks: [task, null]);
        using RoutingPass pass = state.Enter(batch);

        part.call(ones(2, 3, 4));

        Assert.Equal(task, part.SeenTask);
        Assert.Equal(task is null, part.Seen == batch);
        Assert.Same(batch, state.Current);
    }

    private sealed class Witness(Linear frozen, RoutingState state) : AdapterLayer(nameof(Witness), frozen, "captain")
    {
        internal RowRouting? Seen { get; private set; }

        internal int? SeenTask { get; private set; }

        protected internal override Tensor AdaptOutput(Tensor input, Tensor output)
        {
            (Seen, SeenTask) = (state.Current, state.Task);
            return output;
        }

        public override IEnumerable<AdapterTensor> TensorsAt(string path) => [];
    }
}
