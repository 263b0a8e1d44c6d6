using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Lora;

public sealed class LoraRowsTests
{
    [Theory]
    [InlineData(8, 64, 96, 1, false)]
    [InlineData(1, 5, 7, 1, true)]
    [InlineData(3, 33, 65, 1, true)]
    [InlineData(20, 300, 514, 1, false)]   // on several threads
    [InlineData(16, 40, 42, 1, true)]
    [InlineData(3, 33, 65, 5, true)]
    [InlineData(8, 64, 96, 40, false)]     // with factors that are turned
    [InlineData(3, 33, 65, 17, true)]
    public void TryAdd_RowsOfSeveralAdapters_EqualsTheUpdateOfEach(int rank, int width, int outputs, int positions, bool ownBias)
    {
        using DisposeScope scope = NewDisposeScope();
        Update[] updates = Updates(rank, width, outputs, ownBias);
        int[][] rows = [[0, 3], [1], [2, 4, 6]];   // row 5 has no adapter
        Tensor input = randn(7, positions, width), output = randn(7, positions, outputs), expected = output.to(ScalarType.Float64);
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (int row in rows[i])
            {
                Update own = updates[i];
                Tensor change = nn.functional.linear(nn.functional.linear(Wide(input[row]), Wide(own.A)), Wide(own.B), own.Bias is null ? null : Wide(own.Bias));
                expected[row].add_(change * own.Scaling);
            }
        }

        bool added = LoraRows.Of(updates, rows)!.TryAdd(input, output);

        Assert.True(added);
        Close.To(expected, output, 1e-6 * expected.abs().max().item<double>(), "outputs");
        Close.Bits(expected[5].to(ScalarType.Float32), output[5], "row without an adapter");
    }

    [Fact]
    public void TryAdd_OfOtherRows_LeavesThemAsTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        LoraRows rows = LoraRows.Of(Updates(4, 8, 8, ownBias: false), [[0], [1], [2]])!;
        Tensor output = zeros(3, 1, 8);

        Assert.False(rows.TryAdd(ones(3, 1, 8).to(ScalarType.BFloat16), output));
        Assert.False(rows.TryAdd(ones(8, 3).t().unsqueeze(1), output));   // not row by row
        Assert.Equal(0, output.abs().max().item<float>());
    }

    // They would be read or written behind their ends.
    [Theory]
    [InlineData(2, 8, 8, 2)]   // without the last adapter's row
    [InlineData(3, 6, 8, 3)]
    [InlineData(3, 8, 9, 3)]
    [InlineData(3, 8, 8, 2)]
    [InlineData(0, 8, 8, 0)]
    public void TryAdd_OfOtherSizes_LeavesThemAsTheyAre(int rows, int width, int outputs, int outputRows)
    {
        using DisposeScope scope = NewDisposeScope();
        LoraRows own = LoraRows.Of(Updates(4, 8, 8, ownBias: true), [[0], [1], [2]])!;
        Tensor output = zeros(outputRows, 1, outputs);

        Assert.False(own.TryAdd(ones(rows, 1, width), output));
        Assert.Equal(0, output.abs().sum().item<float>());
    }

    [Fact]
    public void TryAdd_OutputsOfFewerPositions_LeavesThemAsTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        LoraRows own = LoraRows.Of(Updates(4, 8, 8, ownBias: false), [[0], [1], [2]])!;

        Assert.False(own.TryAdd(ones(3, 2, 8), zeros(3, 1, 8)));
    }

    [Fact]
    public void Of_FactorsOfAnotherShape_IsNone()
    {
        using DisposeScope scope = NewDisposeScope();
        Update[] updates = Updates(4, 8, 8, ownBias: true);
        int[][] rows = [[0], [1], [2]];

        Assert.Null(LoraRows.Of([updates[0], updates[1] with { A = randn(4, 7) }, updates[2]], rows));
        Assert.Null(LoraRows.Of([updates[0], updates[1] with { B = randn(8, 3) }, updates[2]], rows));
        Assert.Null(LoraRows.Of([updates[0], updates[1], updates[2] with { Bias = randn(7) }], rows));
    }

    [Fact]
    public void Of_FactorsInAnotherType_IsNone()
    {
        using DisposeScope scope = NewDisposeScope();
        Update[] updates = Updates(4, 8, 8, ownBias: false);
        updates[1] = updates[1] with { B = updates[1].B.to(ScalarType.BFloat16) };

        Assert.Null(LoraRows.Of(updates, [[0], [1], [2]]));
    }

    private static Tensor Wide(Tensor x) => x.to(ScalarType.Float64);

    private static Update[] Updates(int rank, int width, int outputs, bool ownBias)
    {
        random.manual_seed(7);
        return [.. Enumerable.Range(0, 3).Select(i => new Update(randn(rank, width), randn(outputs, rank), ownBias ? randn(outputs) : null, 0.5 + i))];
    }

    private sealed record Update(Tensor A, Tensor B, Tensor? Bias, double Scaling) : ILowRank
    {
        public bool HasFactors => true;
    }
}
