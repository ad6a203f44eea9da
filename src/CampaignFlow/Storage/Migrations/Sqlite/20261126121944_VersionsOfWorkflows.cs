using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class VersionsOfWorkflows : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "asked_at",
                table: "wf_definition_version",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "asked_by",
                table: "wf_definition_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "asked_by_id",
                table: "wf_definition_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "made_by",
                table: "wf_definition_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "published_at",
                table: "wf_definition_version",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "published_by",
                table: "wf_definition_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "retracted_at",
                table: "wf_definition_version",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "retracted_by",
                table: "wf_definition_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "revert_of",
                table: "wf_definition_version",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "wf_migration",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    definition_id = table.Column<string>(type: "TEXT", nullable: false),
                    from_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    to_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    from = table.Column<int>(type: "INTEGER", nullable: false),
                    to = table.Column<int>(type: "INTEGER", nullable: false),
                    mapping = table.Column<string>(type: "TEXT", nullable: false),
                    by = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_migration", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "wf_migration_run",
                columns: table => new
                {
                    migration_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    run_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: true),
                    why_en = table.Column<string>(type: "TEXT", nullable: true),
                    why_zh = table.Column<string>(type: "TEXT", nullable: true),
                    old_state = table.Column<string>(type: "TEXT", nullable: true),
                    old_ready = table.Column<bool>(type: "INTEGER", nullable: false),
                    old_pending = table.Column<string>(type: "TEXT", nullable: true),
                    run_version = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_migration_run", x => new { x.migration_id, x.run_id });
                    table.ForeignKey(
                        name: "fk_wf_migration_run_wf_instance_run_id",
                        column: x => x.run_id,
                        principalTable: "wf_instance",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_wf_migration_run_wf_migration_migration_id",
                        column: x => x.migration_id,
                        principalTable: "wf_migration",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_wf_migration_definition_id_at",
                table: "wf_migration",
                columns: new[] { "definition_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_wf_migration_run_migration_id_state",
                table: "wf_migration_run",
                columns: new[] { "migration_id", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_wf_migration_run_run_id",
                table: "wf_migration_run",
                column: "run_id");

            // Until now every version that was ever published was marked so; from now on only the one in use is.
            migrationBuilder.Sql("update wf_definition_version set published_at = created_at where published");
            migrationBuilder.Sql(
                "update wf_definition_version set published = false where published and exists (select 1 from wf_definition_version n "
                    + "where n.definition_id = wf_definition_version.definition_id and n.published and n.version > wf_definition_version.version)"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "wf_migration_run");

            migrationBuilder.DropTable(
                name: "wf_migration");

            migrationBuilder.DropColumn(
                name: "asked_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "asked_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "asked_by_id",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "made_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "published_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "published_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "retracted_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "retracted_by",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "revert_of",
                table: "wf_definition_version");
        }
    }
}
