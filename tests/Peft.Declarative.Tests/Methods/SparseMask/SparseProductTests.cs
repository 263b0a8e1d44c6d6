using Peft.Declarative.Methods.SparseMask;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.SparseMask;

/// <summary>The product with a few entries replaced is that with the dense weight that has them, whose gradient autograd computes in full.</summary>
public sealed class SparseProductTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public void Linear_OfReplacedEntries_EqualsTheDenseProduct(bool transposed, bool overWeight)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3).Dispose();
        (long outputs, long width) = (7, 11);
        Tensor weight = transposed ? randn(width, outputs) : randn(outputs, width);
        Tensor indices = tensor(new long[] { 0, 3, 20, 41, 76 });
        Tensor values = randn(5).requires_grad_();
        Tensor input = randn(2, 6, width).requires_grad_();
        Tensor received = randn(2, 6, outputs);

        Tensor dense = (overWeight ? weight : zeros_like(weight)).view(-1).scatter(0, indices, values).view(weight.shape);
        Tensor[] expected = Pass(nn.functional.linear(input, transposed ? dense.t() : dense), received, input, values);
        Tensor[] actual = Pass(SparseProduct.Linear(input, values, indices, weight, new SparseLayout(transposed, overWeight)), received, input, values);

        string[] names = ["output", "gradient of the input", "gradient of the values"];
        for (int i = 0; i < names.Length; i++)
        {
            Close.To(expected[i], actual[i], 1e-6 * expected[i].abs().max().item<float>(), names[i]);
        }
    }

    private static Tensor[] Pass(Tensor output, Tensor received, params Tensor[] inputs) => [output.detach(), .. autograd.grad([output], inputs, [received])];
}
