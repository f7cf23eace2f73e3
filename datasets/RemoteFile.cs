namespace Idsnn.Datasets;

/// <summary>A file on the web.</summary>
/// <param name="Url">Its address, http or https.</param>
/// <param name="Md5">Its checksum, hexadecimal.</param>
/// <param name="Bytes">Its length; no more is taken from a server.</param>
public sealed record RemoteFile(Uri Url, string Md5, long Bytes)
{
    /// <summary>Its name, the last part of the address.</summary>
    public string Name => Path.GetFileName(Url.LocalPath);
}

/// <summary>What came of fetching a file.</summary>
public enum DownloadOutcome
{
    /// <summary>It came over the network.</summary>
    Downloaded,

    /// <summary>It was there already, with the right checksum.</summary>
    AlreadyThere,
}
