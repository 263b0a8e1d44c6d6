using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Peft.Declarative.Orleans.Silos;

/// <summary>Which silo answers a request. All silos decide alike without asking each other.</summary>
internal static class SiloChoice
{
    /// <summary>Chooses among the silos that can answer.</summary>
    /// <param name="persona">What the request names.</param>
    /// <param name="silos">The silos that serve it, this one first.</param>
    /// <param name="spillOver">The number of requests that may wait at a silo before further ones go elsewhere.</param>
    /// <returns>
    /// While there is room, always the same of those that have the persona in memory, or else always the same of all, which then loads it. Otherwise the one with
    /// the least to do, by its places. <see langword="null"/> without silos.
    /// </returns>
    internal static SiloState? Of(string persona, IReadOnlyList<SiloState> silos, int spillOver)
    {
        SiloState[] resident = [.. silos.Where(silo => silo.Report.Resident.Contains(persona))];
        SiloState? home = (resident.Length > 0 ? resident : silos).MaxBy(silo => Score(persona, silo));

        // The base model is in the memory of all, so its requests have no home.
        return home is null || (persona != home.Report.BaseName && home.Load < home.Report.Places + spillOver)
            ? home
            : silos.OrderBy(silo => (double)silo.Load / silo.Report.Places).ThenByDescending(resident.Contains).First();
    }

    // Highest random weight (Thaler and Ravishankar 1998): a silo that comes or goes moves only the personas that are its own.
    private static ulong Score(string persona, SiloState silo) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{silo.Address}/{persona}")));
}
