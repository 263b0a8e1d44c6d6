using Orleans.GrainDirectory;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>Marks grains that are on the silo that their key names. Which one that is, <see cref="SiloChoice"/> has decided, for each request anew.</summary>
/// <remarks>
/// The key takes the place of a directory. One that is spread over the silos ends the grains whose entries are lost with a silo, also on silos that are well, and
/// the streams of these grains with them.
/// </remarks>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloPlacementAttribute() : PlacementAttribute(new SiloPlacement());

/// <summary>The placement of such a grain, which is registered nowhere.</summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class SiloPlacement : PlacementStrategy
{
    /// <inheritdoc/>
    public override bool IsUsingGrainDirectory => false;
}

/// <summary>Places such a grain. It is only asked where the directory's answer is not taken, because the silo is lost.</summary>
internal sealed class SiloPlacementDirector(ISiloStatusOracle cluster) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress silo = SiloDirectory.Read(target.GrainIdentity);
        return cluster.IsDeadSilo(silo)
            ? Task.FromException<SiloAddress>(new SiloUnavailableException($"The silo {silo} has left the cluster."))
            : Task.FromResult(silo);
    }
}

/// <summary>Reads from the key of such a grain where it is, so that nobody has to be asked.</summary>
internal sealed class SiloDirectory : IGrainDirectory
{
    /// <summary>The name under which it is registered.</summary>
    internal const string Name = "peft";

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(new GrainAddress
    {
        GrainId = grainId,
        SiloAddress = Read(grainId),
        MembershipVersion = MembershipVersion.MinValue,
    });

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;

    internal static SiloAddress Read(GrainId grain) => SiloAddress.FromParsableString(grain.Key.ToString()!);
}
