using Peft.Declarative.Methods.Vera;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Vera;

public sealed class VeraProjectionsTests
{
    // Drawn by the reference library.
    [Fact]
    public void Draw_WithSeedZero_GivesTheReferencesProjections()
    {
        using DisposeScope scope = NewDisposeScope();
        VeraProjections projections = VeraProjections.Draw(rank: 4, input: 6, output: 6, seed: 0, CPU);

        Close.To(tensor(new[] { -0.0074868f, 0.5364436f, -0.8230451f, -0.735939f, -0.3851544f, 0.2681574f }), projections.A[0], 1e-6, "A[0]");
        Close.To(tensor(new[] { -0.1974085f, 0.1295953f, 1.1089774f, -1.1361595f }), projections.B[0], 1e-6, "B[0]");
    }
}
