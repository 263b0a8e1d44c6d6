using Peft.Declarative.Layers;
using Peft.Declarative.Native.Panels;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The matrix products that a step cannot do without, and nothing else: forward, and the gradients that reach an adapter.</summary>
/// <param name="type">The type of the frozen weights and of what is multiplied with them; attention and adapters are float32.</param>
/// <param name="inPanels">
/// Whether the products with frozen weights are ours where they are faster, and those of attention, which ours does not compute as products of whole matrices, are left out.
/// </param>
internal sealed class FloorStep(ScalarType type, bool inPanels = false) : ITrainingStep
{
    private static readonly long Rows = BenchmarkModel.Batch * BenchmarkModel.Time;

    private readonly Dictionary<(long, long, ScalarType), Tensor> _matrices = [];
    private readonly long _hidden = BenchmarkModel.Shape.HiddenSize;
    private readonly long _wide = BenchmarkModel.Shape.IntermediateSize;

    public string Name => inPanels ? "our products alone, float32" : $"floor: products alone, {(type == ScalarType.Float32 ? "float32" : "bfloat16")}";

    public double Run()
    {
        using IDisposable quiet = no_grad();
        for (int layer = 0; layer < BenchmarkModel.Shape.LayerCount; layer++)
        {
            Attention(first: layer == 0);
            FeedForward();
        }

        // Head: forward and the gradient of its input.
        Frozen(Rows, _hidden, BenchmarkModel.Shape.VocabularySize);
        Frozen(Rows, BenchmarkModel.Shape.VocabularySize, _hidden);
        return double.NaN;
    }

    public void Dispose()
    {
        foreach (Tensor matrix in _matrices.Values)
        {
            matrix.Dispose();
        }
    }

    // Nothing needs the gradient of the embedded text, which spares the first layer three products.
    private void Attention(bool first)
    {
        int products = 4 + 1 + (first ? 0 : 3);
        for (int i = 0; i < products; i++)
        {
            Frozen(Rows, _hidden, _hidden);
        }

        for (int adapter = 0; adapter < 2; adapter++)
        {
            Product(Rows, _hidden, BenchmarkModel.Rank);      // A x
            Product(Rows, BenchmarkModel.Rank, _hidden);      // B (A x)
            Product(_hidden, Rows, BenchmarkModel.Rank);      // gradient of B
            Product(Rows, _hidden, BenchmarkModel.Rank);      // gradient of A x
            Product(BenchmarkModel.Rank, Rows, _hidden);      // gradient of A
            if (!first)
            {
                Product(Rows, BenchmarkModel.Rank, _hidden);  // gradient of x
            }
        }

        if (!inPanels)
        {
            Heads();
        }
    }

    /// <summary>Scores and values, twice more each in backward.</summary>
    private void Heads()
    {
        long heads = BenchmarkModel.Batch * BenchmarkModel.Shape.HeadCount;
        long width = BenchmarkModel.Shape.HeadSize;
        using Tensor narrow = Matrix(heads * BenchmarkModel.Time, width).view(heads, BenchmarkModel.Time, width);
        using Tensor turned = narrow.transpose(1, 2);
        using Tensor scores = Matrix(heads * BenchmarkModel.Time, BenchmarkModel.Time).view(heads, BenchmarkModel.Time, BenchmarkModel.Time);
        for (int i = 0; i < 2; i++)
        {
            narrow.bmm(turned).Dispose();
            scores.bmm(narrow).Dispose();
            scores.bmm(narrow).Dispose();
        }
    }

    private void FeedForward()
    {
        for (int i = 0; i < 3; i++)
        {
            Frozen(Rows, _hidden, _wide);   // gate, up; gradient of down's input
            Frozen(Rows, _wide, _hidden);   // down; gradients of gate's and up's input
        }
    }

    private void Frozen(long rows, long inner, long columns)
    {
        if (inPanels)
        {
            MatrixProduct.Linear(Matrix(rows, inner, type), Matrix(columns, inner, type)).Dispose();
        }
        else
        {
            Product(rows, inner, columns, type);
        }
    }

    private void Product(long rows, long inner, long columns, ScalarType of = ScalarType.Float32) =>
        nn.functional.linear(Matrix(rows, inner, of), Matrix(columns, inner, of)).Dispose();

    private Tensor Matrix(long rows, long columns, ScalarType of = ScalarType.Float32)
    {
        if (!_matrices.TryGetValue((rows, columns, of), out Tensor? matrix))
        {
            matrix = randn(rows, columns, dtype: of).DetachFromDisposeScope();
            _matrices.Add((rows, columns, of), matrix);
        }

        return matrix;
    }
}
