using KubeDb.Api.Controllers;
using KubeDb.Api.Controllers.Hosting;
using KubeDb.Api.Kubernetes.Models;

namespace KubeDb.LocalNode;

/// <summary>The two controllers of volumes: one keyed by claim, which makes and grows, one keyed by volume, which removes.</summary>
internal static class VolumeControllers
{
    /// <summary>The provisioner that the storage classes name.</summary>
    public const string Provisioner = "local-node.kubedb.com/directory";

    public static void Add(OperatorRuntime runtime, string directory, string node)
    {
        var claims = runtime.AddInformer(new InformerOptions<PersistentVolumeClaim> { Type = PersistentVolumeClaim.Resource, Decode = PersistentVolumeClaim.Decode });
        var classes = runtime.AddInformer(new InformerOptions<StorageClass> { Type = StorageClass.Resource, Decode = StorageClass.Decode });
        var volumes = runtime.AddInformer(new InformerOptions<LocalVolume> { Type = LocalVolume.Resource, Decode = LocalVolume.Decode });
        var disk = new VolumeDirectory(directory);

        var claimQueue = runtime.NewQueue("claims");
        runtime.AddController(new ClaimReconciler(runtime, claims, classes, disk, node), claimQueue);
        claims.Subscribe(change =>
        {
            if (change.New is { } claim)
                claimQueue.Add(claim.Metadata.Key);
        });

        var volumeQueue = runtime.NewQueue("volumes");
        runtime.AddController(new VolumeReconciler(runtime, volumes, disk), volumeQueue);
        volumes.Subscribe(change =>
        {
            if (change.New is { IsToGo: true } volume)
                volumeQueue.Add(volume.Metadata.Key);
        });
    }
}

/// <summary>The folder that holds one folder a volume.</summary>
internal sealed class VolumeDirectory(string root)
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder of a volume, open to every user: a pod without fsGroup can write to it too.</summary>
    public string Make(string volume)
    {
        var path = Path.Combine(root, volume);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Open); // what CreateDirectory is told is cut by the umask
        return path;
    }

    /// <summary>Removes a volume's folder. A path outside the root is none of ours.</summary>
    public bool Remove(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) != Path.GetFullPath(root))
            return false;
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        return true;
    }
}
