using System.Diagnostics;
using Peft.Declarative.Machine;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Machine;

public sealed class ThreadedWorkTests
{
    // A width that no model has, so that other tests do not measure the same work.
    private const long Width = 3;

    [Fact]
    public void Begin_OfManyPieces_LeavesTheNumberOfThreadsOfTheCaller()
    {
        int before = get_num_threads();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < 0.3)
        {
            using ThreadedWork.Piece piece = ThreadedWork.Begin(WorkKind.Forward, 1, Width, CPU);
            Thread.Sleep(10);
        }

        Assert.Equal(before, get_num_threads());
    }

    [Fact]
    public void Use_OfANumber_StaysWithTheCallingThread()
    {
        if (OpenMpThreads.FixedBy is not null)
        {
            return;   // the user's number stays
        }

        int before = get_num_threads();
        int elsewhere = 0;
        OpenMpThreads.Use(before + 1);
        int here = get_num_threads();
        var other = new Thread(() => elsewhere = get_num_threads());
        other.Start();
        other.Join();
        OpenMpThreads.Use(before);

        Assert.Equal((before + 1, before), (here, elsewhere));
    }

    [Fact]
    public void Begin_WithANumberThatTheUserHasSet_KeepsIt()
    {
        int before = get_num_threads();
        try
        {
            set_num_threads(before + 2);
            using (ThreadedWork.Begin(WorkKind.Step, 1, Width, CPU))
            {
                Assert.Equal(before + 2, get_num_threads());
            }

            Assert.Equal(before + 2, get_num_threads());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Theory]
    [InlineData(16, 16, 16, 1, 16)]   // alone
    [InlineData(64, 2, 64, 1, 2)]     // in a container that may use two processors
    [InlineData(8, 16, 16, 1, 8)]     // two logical processors per core
    [InlineData(16, 16, 16, 4, 4)]    // beside three others
    [InlineData(8, 16, 16, 4, 2)]
    [InlineData(4, 4, 16, 4, 4)]      // beside three others, bound to its own processors
    [InlineData(2, 2, 2, 4, 1)]
    public void Share_OfOneProcess_IsWhatOthersLeave(int threads, int processors, int ofMachine, int processes, int expected) =>
        Assert.Equal(expected, OpenMpThreads.Share(threads, processors, ofMachine, processes));

    [Fact]
    public void Step_OnAnotherNumberOfThreads_HasTheSameResult()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor input = randn(300, 40);
        Tensor weight = randn(50, 40);
        int before = get_num_threads();
        try
        {
            set_num_threads(1);
            (Tensor one, Tensor ofOne) = Pass(input, weight);
            set_num_threads(3);
            (Tensor three, Tensor ofThree) = Pass(input, weight);

            Close.To(one, three, 1e-6, "result");
            Close.To(ofOne, ofThree, 1e-6 * ofOne.abs().max().item<float>(), "gradient");
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static (Tensor Result, Tensor Gradient) Pass(Tensor input, Tensor weight)
    {
        Tensor leaf = weight.clone().requires_grad_();
        Tensor result = nn.functional.silu(nn.functional.linear(input, leaf)).log_softmax(1);
        result.square().sum().backward();
        return (result.detach(), leaf.grad!);
    }
}
