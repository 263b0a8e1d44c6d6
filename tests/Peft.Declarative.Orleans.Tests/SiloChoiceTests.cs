using System.Net;
using Orleans.Runtime;
using Peft.Declarative.Orleans.Silos;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>Which silo answers.</summary>
public sealed class SiloChoiceTests
{
    private static readonly string[] Personas = [.. Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"persona-{i}"))];

    [Fact]
    public void Persona_InMemoryOfOne_IsAnsweredThere()
    {
        SiloState[] silos = [Silo(1), Silo(2, load: 3, resident: "poet"), Silo(3)];

        Assert.Same(silos[1], SiloChoice.Of("poet", silos, spillOver: 0));
    }

    [Theory]
    [InlineData(3, 0, 2)]
    [InlineData(4, 0, 3)]
    [InlineData(5, 2, 2)]
    [InlineData(6, 2, 3)]
    public void Persona_WhoseSiloIsFull_GoesToTheOneWithTheLeastToDo(int load, int spillOver, int chosen)
    {
        SiloState[] silos = [Silo(1, load: 2), Silo(2, load, resident: "poet"), Silo(3, load: 1)];

        Assert.Same(silos[chosen - 1], SiloChoice.Of("poet", silos, spillOver));
    }

    [Fact]
    public void Personas_InTheMemoryOfNone_AreSpreadAndAlikeForAll()
    {
        SiloState[] silos = [Silo(1), Silo(2), Silo(3)];

        string[] homes = [.. Personas.Select(persona => SiloChoice.Of(persona, silos, 0)!.Name)];

        Assert.Equal(homes, Personas.Select(persona => SiloChoice.Of(persona, [.. silos.Reverse()], 0)!.Name));
        Assert.All(homes.CountBy(home => home), home => Assert.InRange(home.Value, 60, 140));
    }

    [Fact]
    public void Silo_ThatIsLost_MovesItsOwnPersonasOnly()
    {
        SiloState[] silos = [Silo(1), Silo(2), Silo(3)];

        Assert.All(Personas.Where(persona => SiloChoice.Of(persona, silos, 0) != silos[2]), persona =>
            Assert.Same(SiloChoice.Of(persona, silos, 0), SiloChoice.Of(persona, silos[..2], 0)));
    }

    [Fact]
    public void BaseModel_OfIdleSilos_IsAnsweredByThisOne()
    {
        SiloState[] silos = [Silo(1), Silo(2), Silo(3)];

        Assert.Same(silos[0], SiloChoice.Of("base", silos, 0));
        Assert.Same(silos[1], SiloChoice.Of("base", [Silo(1, load: 1), .. silos[1..]], 8));
    }

    [Fact]
    public void Load_OfASilo_CountsWhatWasSentAndEndedSinceItsReport()
    {
        SiloState silo = Silo(1, load: 5);
        IDisposable[] sent = [silo.Send(), silo.Send()];
        Assert.Equal(7, silo.Load);

        silo.Update(Report(load: 7));
        sent[0].Dispose();
        sent[0].Dispose();

        Assert.Equal(6, silo.Load);
    }

    [Theory]
    [InlineData("sha256:a", true)]
    [InlineData("sha256:b", false)]
    [InlineData(null, true)]
    public void Base_OfASilo_IsCompared(string? hash, bool same) =>
        Assert.Equal(same, (Report() with { BaseHash = "sha256:a" }).HasTheBaseOf(Report() with { BaseHash = hash }));

    private static SiloState Silo(int number, int load = 0, string? resident = null) =>
        new(SiloAddress.New(new IPEndPoint(IPAddress.Loopback, number), 1), FormattableString.Invariant($"silo {number}"), Report(load, resident));

    private static SiloReport Report(int load = 0, string? resident = null) => new()
    {
        BaseName = "base", Personas = new HashSet<string>(), Resident = resident is null ? new HashSet<string>() : [resident], NotServed = new Dictionary<string, string>(),
        Warnings = new Dictionary<string, string>(),
        Places = 4, Load = load,
    };
}
